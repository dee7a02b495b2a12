package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/** Detaches an original and deletes it, after one more look at what took its place. */
final class CopyRetireStep extends EbsStep {

  private final Disk disk;

  CopyRetireStep(Env env, Disk disk) {
    super(
        new StepDescription(
            "retire-" + disk.volumeId(),
            "Detach the original " + disk.volumeId() + " and delete it",
            Phase.RETIRE,
            List.of(Detachment.DETACH, Discarding.DELETE),
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
    Volume original = found.get();
    if (original.state() == VolumeState.DELETING) {
      return waitFor("ec2:VolumeDeleted", disk.volumeId(), "deleting");
    }
    Optional<StepOutcome> unfit =
        Fitness.inPlace(env, context, CopyTaskStep.atNewDevice(env, context, disk));
    if (unfit.isPresent()) {
      return unfit.get();
    }
    Optional<VolumeAttachment> here = Fitness.attachmentTo(original, env.subject().instance());
    if (here.isPresent()) {
      return Detachment.of(env, context, disk.volumeId(), here.get());
    }
    return original.attachments().isEmpty()
        ? Discarding.delete(context, env, original)
        : StepOutcome.blocked(
            "The original "
                + disk.volumeId()
                + " is attached to "
                + original.attachments().get(0).instanceId()
                + ".",
            "Somebody may use it, so it is not deleted. Detach it and resume.");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
