package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.VolumeMaker.Wish;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Creating, describing and deleting volumes. A volume whose key cannot be used is answered as being
 * created, and is not found once it should be available: <a
 * href="https://github.com/aws/aws-cli/issues/2604">aws-cli#2604</a>.
 */
final class VolumeOperations {

  private final Ec2Store store;
  private final VolumeMaker maker;
  private final Listing<Volume> listing =
      Listing.<Volume>ofTagged()
          .by("volume-id", v -> v.id)
          .by("status", v -> v.status)
          .by("size", v -> v.settings.sizeGib())
          .by("volume-type", v -> v.settings.type().wire)
          .by("encrypted", v -> v.encryption.isOn())
          .by("availability-zone", v -> v.zone)
          .by("availability-zone-id", v -> Zones.id(v.zone))
          .by("create-time", v -> v.createdAt)
          .by("multi-attach-enabled", v -> v.settings.multiAttach())
          .by("fast-restored", v -> v.fastRestored)
          .by("operator.managed", v -> v.managedBy.isPresent())
          .byMany("operator.principal", v -> v.managedBy.map(List::of).orElse(List.of()))
          .byMany("snapshot-id", v -> v.snapshotId.map(List::of).orElse(List.of()))
          .byMany("attachment.instance-id", v -> of(v, a -> a.instanceId))
          .byMany("attachment.device", v -> of(v, a -> a.device))
          .byMany("attachment.status", v -> of(v, a -> a.status))
          .byMany(
              "attachment.delete-on-termination",
              v -> of(v, a -> String.valueOf(a.deleteOnTermination)));

  VolumeOperations(Ec2Store store, VolumeMaker maker) {
    this.store = store;
    this.maker = maker;
  }

  private static List<String> of(Volume volume, Function<Attachment, String> value) {
    return volume.attachments.stream().map(value).toList();
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateVolume",
        Ec2Rules.write(
            this::create,
            "AvailabilityZone",
            "AvailabilityZoneId",
            "Encrypted",
            "Iops",
            "KmsKeyId",
            "OutpostArn",
            "Size",
            "SnapshotId",
            "VolumeType",
            "TagSpecification",
            "MultiAttachEnabled",
            "Throughput",
            "ClientToken",
            "VolumeInitializationRate"));
    operations.put(
        "CopyVolumes",
        Ec2Rules.write(
            this::copy,
            "SourceVolumeId",
            "Iops",
            "Size",
            "VolumeType",
            "TagSpecification",
            "MultiAttachEnabled",
            "Throughput",
            "ClientToken",
            "Encrypted",
            "KmsKeyId"));
    operations.put(
        "DescribeVolumes", Ec2Rules.list(this::describe, "VolumeId", "IncludeManagedResources"));
    operations.put("DeleteVolume", Ec2Rules.write(this::delete, "VolumeId"));
  }

  private Map<String, Object> create(AwsRequest request) {
    return store.tokens.once(
        request,
        () -> {
          Params params = request.params();
          String zone = Zones.asked(request.region(), params, true);
          Wish wish =
              maker.wish(request.region(), zone, params, Tags.specified(params, Kind.VOLUME));
          maker.requireRoom(List.of(wish));
          Ec2Rules.endDryRun(request);
          Volume volume = maker.make("CreateVolume", wish);
          volume.outpostArn = params.text("OutpostArn");
          return volume::xmlOfCreation;
        });
  }

  /** A volume that holds what another one does now. */
  private Map<String, Object> copy(AwsRequest request) {
    return store.tokens.once(
        request,
        () -> {
          Params params = request.params();
          Volume source =
              store.volume(request.region(), Ec2Rules.required(params, "SourceVolumeId"));
          Wish wish = wishForCopy(request, source);
          maker.requireRoom(List.of(wish));
          Ec2Rules.endDryRun(request);
          Volume volume = maker.make("CopyVolumes", wish);
          volume.data.copyFrom(source.data);
          volume.productCodes.addAll(source.productCodes);
          volume.sourceVolumeId = Optional.of(source.id);
          volume.initialization =
              Optional.of(
                  new Volume.Initialization(
                      "volume-copy", store.now(), store.now().plus(Takes.COPY_VOLUME_INITIALIZE)));
          return () -> Map.of("volumeSet", Ec2Rules.items(List.of(volume.xmlOfCreation())));
        });
  }

  private Wish wishForCopy(AwsRequest request, Volume source) {
    Params params = request.params();
    if (!source.is("available") && !source.is("in-use")) {
      throw Ec2Rules.incorrectState("Volume " + source.id + " is " + source.status);
    }
    int size = params.number("Size").orElse(source.settings.sizeGib());
    if (size < source.settings.sizeGib()) {
      throw Ec2Rules.invalidValue("A volume copy is not smaller than its source.");
    }
    VolumeSettings settings =
        VolumeSettings.checked(
            params.text("VolumeType").map(VolumeType::of).orElse(VolumeType.GP2),
            size,
            params.number("Iops"),
            params.number("Throughput"),
            params.truth("MultiAttachEnabled").orElse(false));
    return new Wish(
        request.region(),
        source.zone,
        settings,
        store.keys.ofVolumeCopy(request.region(), params, source.encryption),
        Optional.empty(),
        Optional.empty(),
        Tags.specified(params, Kind.VOLUME));
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<String> ids = request.params().texts("VolumeId");
    List<Volume> volumes =
        ids.isEmpty()
            ? store.in(request.region(), Volume.class)
            : ids.stream().map(id -> store.volume(request.region(), id)).toList();
    return listing.page(request, "volumeSet", volumes, Volume::xml);
  }

  private Map<String, Object> delete(AwsRequest request) {
    Volume volume = store.volume(request.region(), Ec2Rules.required(request.params(), "VolumeId"));
    Ec2Rules.requireNotManaged(volume);
    if (!volume.attachments.isEmpty()) {
      throw AwsError.badRequest(
          "VolumeInUse",
          "Volume "
              + volume.id
              + " is currently attached to "
              + volume.attachments.get(0).instanceId);
    }
    if (!volume.is("available") && !volume.is("error")) {
      throw Ec2Rules.incorrectState(
          "Volume '" + volume.id + "' is in the '" + volume.status + "' state.");
    }
    Ec2Rules.endDryRun(request);
    delete("DeleteVolume", volume);
    return Map.of("return", true);
  }

  private void delete(String operation, Volume volume) {
    volume.status = "deleting";
    store.later(operation, Takes.DELETE_VOLUME, () -> maker.discard(volume));
  }
}
