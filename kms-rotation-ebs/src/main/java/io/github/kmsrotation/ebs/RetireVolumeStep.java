package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/** Deletes an original, after one more look at what took its place. */
final class RetireVolumeStep extends EbsStep {

  private final Disk disk;

  RetireVolumeStep(Env env, Disk disk) {
    super(
        new StepDescription(
            "retire-" + disk.volumeId(),
            "Delete the original " + disk.volumeId(),
            Phase.RETIRE,
            List.of(Discarding.DELETE),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.disk = disk;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Volume> original = ec2.volume(context, disk.volumeId());
    if (original.isEmpty() || original.get().state() == VolumeState.DELETED) {
      return env.snapshotOf(context, disk)
          .map(snapshotId -> StepOutcome.done(Facts.of(Map.of("finalSnapshot", snapshotId))))
          .orElseGet(StepOutcome::done);
    }
    if (original.get().state() == VolumeState.DELETING) {
      return waitFor("ec2:VolumeDeleted", disk.volumeId(), "deleting");
    }
    return Retirement.obstacle(env, context, disk, original)
        .orElseGet(() -> Discarding.delete(context, env, original.get()));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
