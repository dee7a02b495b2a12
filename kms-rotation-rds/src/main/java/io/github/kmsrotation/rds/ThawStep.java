package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** Lets writers write to the replacement by the caller's hook; backwards, freezes them again. */
final class ThawStep extends RdsStep {

  private final WriteFreeze hook;
  private final Absence absence = new Absence();

  ThawStep(Env env, WriteFreeze hook) {
    super(
        new StepDescription(
            "thaw-writes",
            "Let writers write again (your hook)",
            Phase.CUTOVER,
            List.of(),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.hook = hook;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> serving = serving(context);
    if (serving.isEmpty()) {
      return absence.isCertain(context)
          ? gone("The replacement, as '" + names.original() + "',")
          : waitUntilShown(names.original());
    }
    if (!Rds.isAvailable(serving.get())) {
      return waitFor(serving.get());
    }
    hook.thaw(Rds.endpoint(serving.get()));
    return StepOutcome.done();
  }

  /** By its id: a look by the name that it has just taken may find nothing, or the original. */
  private Optional<DBInstance> serving(StepContext context) {
    return replacement(context)
        .filter(instance -> instance.dbInstanceIdentifier().equals(names.original()));
  }

  /** Writers are not stopped for an original that cannot come back. */
  @Override
  public StepOutcome undo(StepContext context) {
    Optional<StepOutcome> unfit = Fitness.ofOriginal(env, original(context), names.asideName());
    if (unfit.isPresent()) {
      return unfit.get();
    }
    Optional<DBInstance> serving = serving(context);
    if (serving.isEmpty()) {
      // Nothing serves that could be written to.
      return StepOutcome.done();
    }
    if (!Rds.isAvailable(serving.get())) {
      return waitFor(serving.get());
    }
    hook.freeze(Rds.endpoint(serving.get()));
    return StepOutcome.done();
  }
}
