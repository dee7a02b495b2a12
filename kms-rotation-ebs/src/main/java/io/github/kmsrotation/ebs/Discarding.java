package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotState;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/**
 * Deletes a new volume when the run is rolled back. If it may have served, a snapshot of it is
 * kept: what was written to it meanwhile is in no other place.
 */
final class Discarding {

  static final String DELETE = "ec2:DeleteVolume";
  private static final String SNAPSHOT = "ec2:CreateSnapshot";

  private final EbsStep.Env env;
  private final Disk disk;
  private final String madeBy;

  /**
   * @param madeBy the id of the step that made the new volume
   */
  Discarding(EbsStep.Env env, Disk disk, String madeBy) {
    this.env = env;
    this.disk = disk;
    this.madeBy = madeBy;
  }

  static List<String> calls(Subject subject) {
    return subject.instanceId().isPresent() ? List.of(SNAPSHOT, DELETE) : List.of(DELETE);
  }

  private boolean mayHaveServed(StepContext context) {
    return env.subject().instanceId().isPresent() && SwapStep.hasServed(context, disk);
  }

  StepOutcome discard(StepContext context, Volume volume) {
    String id = volume.volumeId();
    if (!volume.attachments().isEmpty()) {
      return StepOutcome.blocked(
          "The new volume "
              + id
              + " is attached to "
              + volume.attachments().get(0).instanceId()
              + ", and the original is back.",
          "Somebody may use it, so it is not deleted. Detach it and roll back again.");
    }
    if (volume.state() == VolumeState.CREATING) {
      return env.waitFor("ec2:VolumeAvailable", id, "creating");
    }
    if (mayHaveServed(context)) {
      Optional<StepOutcome> unkept = keep(context, volume);
      if (unkept.isPresent()) {
        return unkept.get();
      }
    }
    return delete(context, env, volume);
  }

  /** Empty once there is a snapshot. */
  private Optional<StepOutcome> keep(StepContext context, Volume volume) {
    String id = volume.volumeId();
    Optional<Snapshot> kept = kept(context, id);
    if (kept.isPresent()) {
      return kept.get().state() == SnapshotState.COMPLETED
          ? Optional.empty()
          : Optional.of(judge(kept.get()));
    }
    if (!EbsStep.isSettling(context, SNAPSHOT, id)) {
      context.mutate(
          SNAPSHOT,
          id,
          () ->
              env.ec2()
                  .client()
                  .createSnapshot(
                      r ->
                          r.volumeId(id)
                              .description(
                                  RunTag.description(
                                      env.runId(),
                                      ", rolled back: what was written while it served"))
                              .overrideConfiguration(SentOnce.override())
                              .tagSpecifications(
                                  RunTag.specification(
                                      ResourceType.SNAPSHOT,
                                      RunTag.userTags(volume.tags()),
                                      RunTag.tag(RunTag.UNDONE_KEY, env.runId().value())))));
    }
    return Optional.of(env.waitFor("ec2:SnapshotCompleted", id, "requested"));
  }

  private Optional<Snapshot> kept(StepContext context, String volumeId) {
    return env.ec2().taggedSnapshotsOf(context, List.of(volumeId), RunTag.UNDONE_KEY).stream()
        .findFirst();
  }

  private StepOutcome judge(Snapshot snapshot) {
    return snapshot.state() == SnapshotState.PENDING
        ? env.waitFor(
            "ec2:SnapshotCompleted", snapshot.snapshotId(), "pending, " + snapshot.progress())
        : StepOutcome.blocked(
            "The snapshot "
                + snapshot.snapshotId()
                + " of what was written to the new volume is "
                + snapshot.stateAsString()
                + ".",
            "The original serves; the new volume is kept, as nothing else holds that. Delete the"
                + " snapshot to have it made again, or the volume if nothing of it is needed, and"
                + " roll back again.");
  }

  /** What is left. */
  StepOutcome done(StepContext context) {
    if (!mayHaveServed(context)) {
      return StepOutcome.done();
    }
    return context
        .factsOf(madeBy)
        .find(CreateVolumeStep.VOLUME_ID)
        .flatMap(id -> kept(context, id))
        .map(
            snapshot ->
                StepOutcome.done(
                    Facts.of(
                        Map.of(
                            Facts.KEPT,
                            "snapshot "
                                + snapshot.snapshotId()
                                + ": of a new volume that may have been written to; take over what"
                                + " you need, and delete it"))))
        .orElseGet(StepOutcome::done);
  }

  static StepOutcome delete(StepContext context, EbsStep.Env env, Volume volume) {
    String id = volume.volumeId();
    if (volume.state() != VolumeState.DELETING && !EbsStep.isSettling(context, DELETE, id)) {
      try {
        context.mutate(DELETE, id, () -> env.ec2().client().deleteVolume(r -> r.volumeId(id)));
      } catch (Ec2Exception e) {
        switch (AwsFailure.errorCode(e)) {
          case "InvalidVolume.NotFound", "IncorrectState" -> {}
          default -> throw e;
        }
      }
    }
    return env.waitFor("ec2:VolumeDeleted", id, volume.stateAsString());
  }
}
