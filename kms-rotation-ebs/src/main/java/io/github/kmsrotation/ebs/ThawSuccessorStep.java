package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Takes the new instance's volumes into use, by the caller's hook. */
final class ThawSuccessorStep extends EbsStep {

  private final VolumeFreeze hook;

  ThawSuccessorStep(Env env, VolumeFreeze hook) {
    super(
        new StepDescription(
            "thaw-new-instance",
            "Take the volumes of the new instance into use (your hook)",
            Phase.CUTOVER,
            List.of(),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.hook = hook;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<StepOutcome> unfit = Successor.unfit(env, context);
    if (unfit.isPresent()) {
      return unfit.get();
    }
    String id = Successor.id(context);
    Map<String, Volume> volumes = Successor.volumes(env, context, id);
    for (Disk disk : env.subject().disks()) {
      String device = disk.device().orElseThrow();
      Optional.ofNullable(volumes.get(device))
          .ifPresent(volume -> hook.thaw(new AttachedVolume(id, volume.volumeId(), device)));
    }
    return StepOutcome.done();
  }

  /** The new instance goes away as a whole. */
  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
