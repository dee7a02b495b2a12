package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/** Deletes an original volume that its instance's termination left. */
final class RetireKeptVolumeStep extends EbsStep {

  private final Disk disk;

  RetireKeptVolumeStep(Env env, Disk disk) {
    super(
        new StepDescription(
            "retire-" + disk.volumeId(),
            "Delete the original " + disk.volumeId() + ", which termination leaves",
            Phase.RETIRE,
            List.of(Discarding.DELETE),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.disk = disk;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Volume> found = ec2.volume(context, disk.volumeId());
    if (found.isEmpty() || found.get().state() == VolumeState.DELETED) {
      return StepOutcome.done();
    }
    Volume volume = found.get();
    if (volume.state() == VolumeState.DELETING) {
      return waitFor("ec2:VolumeDeleted", disk.volumeId(), "deleting");
    }
    if (Fitness.attachmentTo(volume, env.subject().instance()).isPresent()) {
      return waitFor("ec2:VolumeDetached", disk.volumeId(), "attached to what is terminated");
    }
    if (!volume.attachments().isEmpty()) {
      return StepOutcome.blocked(
          "The original "
              + disk.volumeId()
              + " is attached to "
              + volume.attachments().get(0).instanceId()
              + ".",
          "Somebody may use it, so it is not deleted. Detach it and resume.");
    }
    return Successor.irreplaceable(env, context)
        .orElseGet(() -> Discarding.delete(context, env, volume));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
