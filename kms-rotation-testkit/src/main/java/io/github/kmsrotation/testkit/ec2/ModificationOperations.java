package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Modifying volumes: one modification at a time, four within 24 hours.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html">ModifyVolume</a>
 */
final class ModificationOperations {

  private static final int MOST_IN_A_DAY = 4;

  private final Ec2Store store;
  private final VolumeMaker maker;
  private final Listing<VolumeModification> listing =
      Listing.<VolumeModification>of()
          .by("volume-id", m -> m.volume.id)
          .by("modification-state", m -> m.state)
          .by("original-size", m -> m.original.sizeGib())
          .by("target-size", m -> m.target.sizeGib())
          .by("original-volume-type", m -> m.original.type().wire)
          .by("target-volume-type", m -> m.target.type().wire);

  ModificationOperations(Ec2Store store, VolumeMaker maker) {
    this.store = store;
    this.maker = maker;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "ModifyVolume",
        Ec2Rules.write(
            this::modify,
            "VolumeId",
            "Size",
            "VolumeType",
            "Iops",
            "Throughput",
            "MultiAttachEnabled"));
    operations.put(
        "DescribeVolumesModifications",
        Ec2Rules.list(this::describe, "VolumeId", "IncludeManagedResources"));
  }

  private Map<String, Object> modify(AwsRequest request) {
    Params params = request.params();
    Volume volume = store.volume(request.region(), Ec2Rules.required(params, "VolumeId"));
    Ec2Rules.requireNotManaged(volume);
    if (!volume.is("available") && !volume.is("in-use")) {
      throw Ec2Rules.incorrectState(
          "Volume '" + volume.id + "' is in the '" + volume.status + "' state.");
    }
    checkRate(volume);
    VolumeSettings target = target(volume.settings, params);
    if (target.sizeGib() > volume.settings.sizeGib()) {
      maker.requireRoom(
          request.region(), target.type(), target.sizeGib() - volume.settings.sizeGib());
    }
    Ec2Rules.endDryRun(request);
    VolumeModification modification = new VolumeModification(volume, target, store.now());
    volume.modifications.add(modification);
    store.later("ModifyVolume", Takes.MODIFY, () -> optimize(modification));
    return Map.of("volumeModification", modification.xml());
  }

  private void checkRate(Volume volume) {
    if (volume.modifications.stream().anyMatch(VolumeModification::isUnderWay)) {
      throw AwsError.badRequest(
          "IncorrectModificationState",
          "Volume " + volume.id + " is being modified; wait until that is completed.");
    }
    Instant dayAgo = store.now().minus(Duration.ofDays(1));
    long today = volume.modifications.stream().filter(m -> m.startedAt.isAfter(dayAgo)).count();
    if (today >= MOST_IN_A_DAY) {
      throw AwsError.badRequest(
          "VolumeModificationRateExceeded",
          "You've reached the maximum modification rate per volume limit: " + volume.id);
    }
  }

  private static VolumeSettings target(VolumeSettings now, Params params) {
    VolumeType type = params.text("VolumeType").map(VolumeType::of).orElse(now.type());
    int size = params.number("Size").orElse(now.sizeGib());
    if (size < now.sizeGib()) {
      throw Ec2Rules.invalidValue("New size cannot be smaller than existing size");
    }
    Optional<Integer> iops = params.number("Iops");
    Optional<Integer> throughput = params.number("Throughput");
    if (type == now.type()) {
      iops = iops.or(() -> type.takesIops() ? now.iops() : Optional.empty());
      throughput = throughput.or(now::throughput);
    } else if (type.isProvisioned() && iops.isEmpty()) {
      iops = Optional.of(VolumeType.GP3.leastIops);
    }
    VolumeSettings target =
        VolumeSettings.checked(
            type,
            size,
            iops,
            throughput,
            params.truth("MultiAttachEnabled").orElse(now.multiAttach()));
    if (target.equals(now)) {
      throw Ec2Rules.invalidValue("No modification was specified.");
    }
    return target;
  }

  private void optimize(VolumeModification modification) {
    modification.volume.settings = modification.target;
    modification.state = "optimizing";
    store.later("ModifyVolume", Takes.OPTIMIZE, () -> complete(modification));
  }

  private void complete(VolumeModification modification) {
    modification.state = "completed";
    modification.progress = 100;
    modification.endedAt = Optional.of(store.now());
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<String> ids = request.params().texts("VolumeId");
    List<VolumeModification> latest =
        ids.isEmpty()
            ? store.in(request.region(), Volume.class).stream()
                .filter(volume -> !volume.modifications.isEmpty())
                .map(ModificationOperations::latest)
                .toList()
            : ids.stream().map(id -> latest(store.volume(request.region(), id))).toList();
    return listing.page(request, "volumeModificationSet", latest, VolumeModification::xml);
  }

  private static VolumeModification latest(Volume volume) {
    if (volume.modifications.isEmpty()) {
      throw AwsError.badRequest(
          "InvalidVolumeModification.NotFound",
          "Modification for volume '" + volume.id + "' does not exist.");
    }
    return volume.modifications.get(volume.modifications.size() - 1);
  }
}
