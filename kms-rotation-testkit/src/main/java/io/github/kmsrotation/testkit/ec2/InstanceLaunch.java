package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.VolumeMaker.Wish;
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

  private static final int MOST = 20;

  private final Ec2Store store;
  private final VolumeMaker maker;
  private final LaunchTemplates templates;
  private int addresses = 10;

  /** A volume to make, where to attach it, and whether it goes with the instance. */
  private record Disk(String device, Wish wish, boolean deleteOnTermination) {}

  InstanceLaunch(Ec2Store store, VolumeMaker maker, LaunchTemplates templates) {
    this.store = store;
    this.maker = maker;
    this.templates = templates;
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
    Params params = request.params();
    Image image = store.image(request.region(), Ec2Rules.required(params, "ImageId"));
    InstanceType type = InstanceType.of(params.text("InstanceType").orElse("m1.small"));
    checkFit(image, type);
    String zone =
        params
            .structure("Placement")
            .map(placement -> Zones.asked(request.region(), placement, false))
            .orElse(request.region() + "a");
    int count = count(params);
    List<Disk> disks = disks(request, image, type, zone);
    List<Wish> wishes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      disks.forEach(disk -> wishes.add(disk.wish()));
    }
    maker.requireRoom(wishes);
    Map<String, String> tags =
        Tags.specified(params, List.of(Kind.INSTANCE, Kind.VOLUME), Kind.INSTANCE);
    checkAddress(params);
    Ec2Rules.endDryRun(request);
    String reservation = "r-" + store.newId(Kind.INSTANCE).substring(2);
    List<Instance> launched = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Instance instance =
          new Instance(
              request.region(),
              store.newId(Kind.INSTANCE),
              store.now(),
              reservation,
              image,
              zone,
              type);
      settle(instance, request);
      instance.tags.putAll(awsTags);
      instance.tags.putAll(tags);
      begin(instance, disks);
      launched.add(instance);
    }
    return () -> answer(launched);
  }

  private static void checkFit(Image image, InstanceType type) {
    if (!image.is("available")) {
      throw AwsError.badRequest(
          "InvalidAMIID.Unavailable", "The AMI " + image.id + " is " + image.state);
    }
    if (!image.architecture.equals(type.architecture)) {
      throw Ec2Rules.invalidValue(
          "The architecture '%s' of the specified instance type does not match the architecture '%s'"
                  .formatted(type.architecture, image.architecture)
              + " of the specified AMI.");
    }
    if (!image.isEbsBacked() && (!type.hasInstanceStore || type.isNitro)) {
      throw Ec2Rules.invalidCombination(
          type.wire + " takes no AMI with an instance store root volume.");
    }
  }

  private static int count(Params params) {
    Ec2Rules.required(params, "MinCount");
    Ec2Rules.required(params, "MaxCount");
    int least = params.number("MinCount").orElse(1);
    int most = params.number("MaxCount").orElse(1);
    if (least < 1 || most < least || most > MOST) {
      throw Ec2Rules.invalidValue("MinCount and MaxCount are 1 to 20, in this order.");
    }
    return most;
  }

  private List<Disk> disks(AwsRequest request, Image image, InstanceType type, String zone) {
    Map<String, String> tags =
        Tags.specified(request.params(), List.of(Kind.INSTANCE, Kind.VOLUME), Kind.VOLUME);
    List<Disk> disks = new ArrayList<>();
    for (BlockMapping mapping :
        BlockMapping.merged(image.mappings, BlockMapping.read(request.params()))) {
      if (mapping.ebs().isPresent()) {
        Wish wish = maker.wish(request.region(), zone, mapping.params(), tags);
        check(wish, mapping.device(), image, type);
        disks.add(
            new Disk(
                mapping.device(),
                wish,
                mapping.params().truth("DeleteOnTermination").orElse(true)));
      }
    }
    if (image.isEbsBacked()
        && disks.stream().noneMatch(d -> d.device().equals(image.rootDeviceName))) {
      throw BlockMapping.invalid("The root device " + image.rootDeviceName + " has no volume.");
    }
    if (disks.size() > type.mostVolumes()) {
      throw AwsError.badRequest(
          "AttachmentLimitExceeded", type.wire + " takes " + type.mostVolumes() + " volumes.");
    }
    return disks;
  }

  private static void check(Wish wish, String device, Image image, InstanceType type) {
    if (wish.encryption().isOn() && !type.takesEncrypted) {
      throw AwsError.badRequest(
          "EncryptedVolumesNotSupported", type.wire + " does not support encrypted volumes.");
    }
    if (device.equals(image.rootDeviceName) && wish.settings().type().isHdd()) {
      throw BlockMapping.invalid(wish.settings().type().wire + " volumes are no root volumes.");
    }
  }

  private void checkAddress(Params params) {
    params
        .text("PrivateIpAddress")
        .ifPresent(
            address -> {
              boolean isTaken =
                  store.all(Instance.class).stream()
                      .anyMatch(
                          i ->
                              address.equals(i.settings.get("privateIpAddress"))
                                  && !i.is(InstanceState.TERMINATED));
              if (isTaken) {
                throw AwsError.badRequest(
                    "InvalidIPAddress.InUse", "Address " + address + " is in use.");
              }
            });
  }

  private void settle(Instance instance, AwsRequest request) {
    Params params = request.params();
    instance.settings.putAll(InstanceSettings.read(store.accountId, instance.zone, params));
    String address =
        params
            .text("PrivateIpAddress")
            .orElseGet(() -> "10.0." + addresses / 250 + "." + (addresses++ % 250 + 4));
    instance.settings.put("privateIpAddress", address);
    instance.userData = params.text("UserData");
    instance.clientToken = params.text("ClientToken");
    instance.disableApiTermination = params.truth("DisableApiTermination").orElse(false);
    instance.disableApiStop = params.truth("DisableApiStop").orElse(false);
    instance.ebsOptimized = params.truth("EbsOptimized").orElse(instance.type.isNitro);
    instance.shutdownBehavior = params.text("InstanceInitiatedShutdownBehavior").orElse("stop");
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
