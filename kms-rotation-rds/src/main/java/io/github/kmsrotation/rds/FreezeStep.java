package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** Freezes the writers of the original by the caller's hook; backwards, lets them write again. */
final class FreezeStep extends RdsStep {

  private final WriteFreeze hook;
  private final OriginalServes originalServes;
  private final Absence absence = new Absence();

  FreezeStep(Env env, WriteFreeze hook, OriginalServes originalServes) {
    super(
        new StepDescription(
            "freeze-writes",
            "Stop everything that writes (your hook)",
            Phase.PREPARE,
            List.of(),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.hook = hook;
    this.originalServes = originalServes;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> original = original(context);
    Optional<StepOutcome> obstacle = AsPlanned.obstacle(env, context, original);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    original.ifPresent(serving -> hook.freeze(Rds.endpoint(serving)));
    return StepOutcome.done();
  }

  /** Whatever serves by then: a run that made nothing may be rolled back when all has changed. */
  @Override
  public StepOutcome undo(StepContext context) {
    if (originalServes.isThawed()) {
      return StepOutcome.done();
    }
    Optional<DBInstance> serving = rds.instance(context, names.original());
    if (serving.isEmpty()) {
      return absence.isCertain(context)
          ? gone("The DB instance " + names.original())
          : waitUntilShown(names.original());
    }
    if (!Rds.isAvailable(serving.get())) {
      return waitFor(serving.get());
    }
    originalServes.thaw(context, serving.get());
    return StepOutcome.done();
  }
}
