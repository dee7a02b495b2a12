package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeAttachment;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/**
 * Detaches an original and deletes it, after one more look at what took its place, on the instance,
 * too: the approval may have taken days, in which somebody may have put the original back.
 */
final class CopyRetireStep extends EbsStep {

  private final Disk disk;
  private final VolumeCopier copier;
  private boolean wasAdvanced;

  CopyRetireStep(Env env, Disk disk, VolumeCopier copier) {
    super(
        new StepDescription(
            "retire-" + disk.volumeId(),
            "Detach the original " + disk.volumeId() + " and delete it",
            Phase.RETIRE,
            calls(copier),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.disk = disk;
    this.copier = copier;
  }

  private static List<String> calls(VolumeCopier copier) {
    List<String> calls = new ArrayList<>(List.of(Detachment.DETACH, Discarding.DELETE));
    calls.addAll(copier.calls());
    return calls;
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
      return inUse(context, here.get())
          .orElseGet(() -> Detachment.of(env, context, disk.volumeId(), here.get()));
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

  /** Once it is being detached, nothing is asked of it any more. */
  private Optional<StepOutcome> inUse(StepContext context, VolumeAttachment here) {
    if (Detachment.isUnderWay(context, disk.volumeId(), here)) {
      return Optional.empty();
    }
    boolean isNewAttempt = !wasAdvanced;
    wasAdvanced = true;
    StepOutcome seen =
        copier.carryOut(
            VolumeCopier.Task.CHECK,
            CopyTaskStep.copyOf(env, context, disk, isNewAttempt),
            context);
    return seen instanceof StepOutcome.Done ? Optional.empty() : Optional.of(seen);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
