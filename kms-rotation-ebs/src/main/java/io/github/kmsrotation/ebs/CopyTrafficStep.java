package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;

/**
 * Stops what uses the volumes and starts it again, by the caller's hook; backwards the other way.
 */
final class CopyTrafficStep extends EbsStep {

  static final String START = "start-traffic";

  private final VolumeFreeze hook;
  private final boolean stops;

  /** Whether this process has called the hook already when rolling back. */
  private boolean undone;

  private CopyTrafficStep(StepDescription description, Env env, VolumeFreeze hook, boolean stops) {
    super(description, env);
    this.hook = hook;
    this.stops = stops;
  }

  static CopyTrafficStep stop(Env env, VolumeFreeze hook) {
    return new CopyTrafficStep(
        describe("stop-traffic", "Stop what uses the volumes (your hook)"), env, hook, true);
  }

  static CopyTrafficStep start(Env env, VolumeFreeze hook) {
    return new CopyTrafficStep(
        describe(START, "Start what uses the volumes, now the new ones (your hook)"),
        env,
        hook,
        false);
  }

  private static StepDescription describe(String id, String title) {
    return new StepDescription(id, title, Phase.CUTOVER, List.of(), List.of(), Undo.UNDOABLE);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    for (Disk disk : env.subject().disks()) {
      if (stops) {
        hook.freeze(original(disk));
      } else {
        hook.thaw(replacement(context, disk));
      }
    }
    return StepOutcome.done();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    if (!undone) {
      for (Disk disk : env.subject().disks()) {
        if (stops) {
          hook.thaw(original(disk));
        } else {
          hook.freeze(replacement(context, disk));
        }
      }
      undone = true;
    }
    return StepOutcome.done();
  }

  private AttachedVolume original(Disk disk) {
    return new AttachedVolume(
        env.subject().instance(), disk.volumeId(), disk.device().orElseThrow());
  }

  private AttachedVolume replacement(StepContext context, Disk disk) {
    String id =
        context.factsOf(CreateVolumeStep.id(disk)).find(CreateVolumeStep.VOLUME_ID).orElseThrow();
    return new AttachedVolume(
        env.subject().instance(),
        id,
        CopyTaskStep.atNewDevice(env, context, disk).device().orElseThrow());
  }
}
