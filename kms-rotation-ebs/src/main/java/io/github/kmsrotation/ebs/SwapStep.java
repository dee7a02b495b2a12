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
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Puts the new volume at the device of the original; backwards, the original. */
final class SwapStep extends EbsStep {

  private static final String SERVED = "newVolumeServed";

  private final Disk disk;
  private final Exchange exchange;

  SwapStep(Env env, Disk disk) {
    super(
        new StepDescription(
            id(disk),
            "Detach " + disk.volumeId() + " and attach the new volume at " + device(disk),
            Phase.CUTOVER,
            Exchange.CALLS,
            List.of(),
            Undo.UNDOABLE),
        env);
    this.disk = disk;
    this.exchange = new Exchange(env, disk);
  }

  static String id(Disk disk) {
    return "swap-" + disk.volumeId();
  }

  private static String device(Disk disk) {
    return disk.device().orElseThrow();
  }

  private String replacementId(StepContext context) {
    return context
        .factsOf(CreateVolumeStep.id(disk))
        .find(CreateVolumeStep.VOLUME_ID)
        .orElseThrow();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return exchange.advance(
        context,
        disk.volumeId(),
        replacementId(context),
        (original, replacement) -> notReady(context, original, replacement));
  }

  private Optional<StepOutcome> notReady(StepContext context, Volume original, Volume replacement) {
    return Stillness.disturbed(env, context)
        .or(() -> Fitness.underNewKey(env, context, replacement))
        .or(() -> AsPlanned.differing(env, original, replacement));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    StepOutcome outcome =
        exchange.advance(
            context,
            replacementId(context),
            disk.volumeId(),
            (replacement, original) -> stillRunning(context));
    return outcome instanceof StepOutcome.Done
        ? StepOutcome.done(served(mayHaveServed(context)))
        : outcome;
  }

  static Facts served(boolean mayHaveServed) {
    return Facts.of(Map.of(SERVED, Boolean.toString(mayHaveServed)));
  }

  /** Whether an undone swap left a new volume to which something may have been written. */
  static boolean hasServed(StepContext context, Disk disk) {
    return context.factsOf(id(disk)).find(SERVED).filter("true"::equals).isPresent()
        || ReplaceRootStep.hasServed(context, disk);
  }

  private boolean mayHaveServed(StepContext context) {
    return env.subject().isFrozen()
        ? context.hasBegun(FreezeStep.THAW)
        : Stillness.disturbed(env, context).isPresent();
  }

  private Optional<StepOutcome> stillRunning(StepContext context) {
    if (env.subject().isFrozen()) {
      return Optional.empty();
    }
    return ec2.instance(context, env.subject().instance())
        .filter(instance -> instance.state().name() != InstanceStateName.STOPPED)
        .map(
            instance ->
                StepOutcome.blocked(
                    "The instance "
                        + env.subject().instance()
                        + " is "
                        + instance.state().nameAsString()
                        + ", so the new volume at "
                        + device(disk)
                        + " stays.",
                    "Stop the instance and roll back again."));
  }
}
