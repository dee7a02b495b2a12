package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.LaunchWish.Disk;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Launching instances. An instance whose volume cannot be made because of its key is terminated
 * with {@code Client.InternalError}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html">Instance
 *     terminates immediately</a>
 */
final class InstanceLaunch {

  private final Ec2Store store;
  private final VolumeMaker maker;
  private final LaunchTemplates templates;
  private final LaunchWishes wishes;
  private int addresses = 10;

  InstanceLaunch(Ec2Store store, VolumeMaker maker, LaunchTemplates templates) {
    this.store = store;
    this.maker = maker;
    this.templates = templates;
    this.wishes = new LaunchWishes(store, maker);
  }

  void define(Map<String, Operation> operations) {
    List<String> params = new ArrayList<>(InstanceSettings.parameters());
    params.addAll(
        List.of(
            "ImageId",
            "LaunchTemplate",
            "InstanceType",
            "MinCount",
            "MaxCount",
            "BlockDeviceMapping",
            "UserData",
            "TagSpecification",
            "ClientToken",
            "DisableApiTermination",
            "DisableApiStop",
            "InstanceInitiatedShutdownBehavior",
            "EbsOptimized",
            "NetworkInterface",
            "CreditSpecification",
            "PrivateIpAddress"));
    operations.put("RunInstances", Ec2Rules.write(this::run, params.toArray(new String[0])));
  }

  private Map<String, Object> run(AwsRequest request) {
    return store.tokens.once(
        request,
        () ->
            templates
                .launch(request.region(), request.params())
                .map(launch -> launch(withTemplate(request, launch.params()), tags(launch)))
                .orElseGet(() -> launch(request, Map.of())));
  }

  private static AwsRequest withTemplate(AwsRequest request, Params params) {
    return new AwsRequest(request.region(), request.accountId(), request.operation(), params);
  }

  private static Map<String, String> tags(LaunchTemplates.Launch launch) {
    return Map.of(
        "aws:ec2launchtemplate:id",
        launch.template().id,
        "aws:ec2launchtemplate:version",
        String.valueOf(launch.version().number()));
  }

  private Supplier<Map<String, Object>> launch(AwsRequest request, Map<String, String> awsTags) {
    LaunchWish wish = wishes.read(request);
    Ec2Rules.endDryRun(request);
    String reservation = "r-" + store.newId(Kind.INSTANCE).substring(2);
    List<Instance> launched = new ArrayList<>();
    for (int i = 0; i < wish.count(); i++) {
      Instance instance =
          new Instance(
              request.region(),
              store.newId(Kind.INSTANCE),
              store.now(),
              reservation,
              wish.image(),
              wish.zone(),
              wish.type());
      settle(instance, request);
      instance.tags.putAll(awsTags);
      instance.tags.putAll(wish.tags());
      begin(instance, wish.disks());
      launched.add(instance);
    }
    return () -> answer(launched);
  }

  private void settle(Instance instance, AwsRequest request) {
    Params params = request.params();
    instance.settings.putAll(InstanceSettings.read(store.accountId, instance.zone, params));
    String address =
        params
            .text("PrivateIpAddress")
            .orElseGet(() -> "10.0." + addresses / 250 + "." + (addresses++ % 250 + 4));
    instance.settings.put("privateIpAddress", address);
    instance.interfaces.add(
        PrimaryInterface.told(instance, store.accountId, PrimaryInterface.asked(params)));
    params
        .structure("CreditSpecification")
        .ifPresent(credits -> instance.cpuCredits = credits(instance.type, credits));
    instance.userData = params.text("UserData");
    instance.clientToken = params.text("ClientToken");
    instance.disableApiTermination = params.truth("DisableApiTermination").orElse(false);
    instance.disableApiStop = params.truth("DisableApiStop").orElse(false);
    instance.ebsOptimized = params.truth("EbsOptimized").orElse(instance.type.isNitro);
    instance.shutdownBehavior = params.text("InstanceInitiatedShutdownBehavior").orElse("stop");
  }

  private static String credits(InstanceType type, Params specification) {
    if (!type.isBurstable()) {
      throw AwsError.badRequest(
          "Unsupported",
          "The credit specification is not supported for the instance type " + type.wire);
    }
    return Ec2Rules.required(specification, "CpuCredits");
  }

  private void begin(Instance instance, List<Disk> disks) {
    List<Volume> volumes = new ArrayList<>();
    for (Disk disk : disks) {
      Volume volume = maker.make("RunInstances", disk.wish());
      volume.attachments.add(
          new Attachment(
              volume.id, instance.id, disk.device(), disk.deleteOnTermination(), store.now()));
      volumes.add(volume);
      if (disk.device().equals(instance.rootDeviceName)) {
        instance.rootVolumeIds.add(volume.id);
      }
    }
    store.add(instance);
    store.later("RunInstances", Takes.LAUNCH, () -> finish(instance, volumes));
  }

  private void finish(Instance instance, List<Volume> volumes) {
    if (!instance.is(InstanceState.PENDING)) {
      return;
    }
    if (volumes.stream().anyMatch(volume -> volume.is("deleted"))) {
      instance.failed("Client.InternalError", "Client.InternalError: Client error on launch");
      instance.state = InstanceState.TERMINATED;
      volumes.stream().filter(volume -> !volume.is("deleted")).forEach(maker::discard);
      store.timeline.after(Takes.REMEMBER_TERMINATED, () -> store.remove(instance));
      return;
    }
    instance.state = InstanceState.RUNNING;
    volumes.forEach(
        volume -> volume.attachments.forEach(attachment -> store.attached(volume, attachment)));
  }

  private Map<String, Object> answer(List<Instance> launched) {
    if (launched.stream().anyMatch(i -> i.is(InstanceState.TERMINATED))) {
      throw AwsError.badRequest(
          "IdempotentInstanceTerminated",
          "The instance of this client token is terminated: " + launched.get(0).id);
    }
    return reservation(store, launched);
  }

  /** How instances that were launched together are told. */
  static Map<String, Object> reservation(Ec2Store store, List<Instance> instances) {
    Map<String, Object> reservation = new LinkedHashMap<>();
    reservation.put("reservationId", instances.get(0).reservationId);
    reservation.put("ownerId", store.accountId);
    reservation.put("groupSet", Ec2Rules.items(List.of()));
    reservation.put(
        "instancesSet",
        Ec2Rules.items(instances.stream().map(i -> i.xml(store.volumesOf(i))).toList()));
    return reservation;
  }
}
