package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotState;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * What keeps an original from being deleted. Looked at before the approval for that is asked for,
 * as nobody approves what would be refused, and again right before.
 */
final class Retirement {

  private Retirement() {}

  /** Empty if it can go. */
  static Optional<StepOutcome> obstacle(
      EbsStep.Env env, StepContext context, Disk disk, Optional<Volume> original) {
    return obstacle(env, context, disk, original, env.replacement(context, disk));
  }

  static Optional<StepOutcome> obstacle(
      EbsStep.Env env,
      StepContext context,
      Disk disk,
      Optional<Volume> original,
      Optional<Volume> replacement) {
    return Fitness.inPlace(env, context, disk, replacement)
        .or(() -> original.flatMap(Retirement::inUse))
        .or(() -> snapshotGone(env, context, disk));
  }

  private static Optional<StepOutcome> inUse(Volume original) {
    return original.attachments().isEmpty()
        ? Optional.empty()
        : blocked(
            "The original "
                + original.volumeId()
                + " is attached to "
                + original.attachments().get(0).instanceId()
                + ".",
            "Somebody may use it, so it is not deleted. Detach it and resume.");
  }

  private static Optional<StepOutcome> snapshotGone(
      EbsStep.Env env, StepContext context, Disk disk) {
    if (CopyVolumeStep.copied(context, disk).isPresent()) {
      return Optional.empty();
    }
    String id = env.snapshotOf(context, disk).orElseThrow();
    List<Snapshot> snapshots = env.snapshots(context);
    return snapshots.stream()
            .anyMatch(s -> s.snapshotId().equals(id) && s.state() == SnapshotState.COMPLETED)
        ? Optional.empty()
        : blocked(
            "The snapshot "
                + id
                + " of "
                + disk.volumeId()
                + " is not there any more, or not this run's.",
            "The original is not deleted without it. Delete it by hand if it is not needed, and"
                + " resume.");
  }

  private static Optional<StepOutcome> blocked(String reason, String remedy) {
    return Optional.of(StepOutcome.blocked(reason, remedy));
  }
}
