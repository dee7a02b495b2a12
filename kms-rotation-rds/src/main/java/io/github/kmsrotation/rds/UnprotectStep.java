package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Takes the deletion protection off the original; backwards, puts it on again. A step of its own: a
 * run that is stopped after it has not begun what cannot be undone.
 */
final class UnprotectStep extends RdsStep {

  UnprotectStep(Env env) {
    super(
        new StepDescription(
            "unprotect-original",
            "Take the deletion protection off the original, if it has it",
            Phase.RETIRE,
            List.of(MODIFY),
            List.of(),
            Undo.UNDOABLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> original = original(context);
    Optional<StepOutcome> obstacle = Retirement.obstacle(env, context, original);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    if (original.isEmpty() || !isProtected(original.get())) {
      return StepOutcome.done();
    }
    return isSettling(context, MODIFY, names.asideName()) ? waitForChange() : send(context, false);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    if (context.lastSent(MODIFY, names.asideName()).isEmpty()) {
      return StepOutcome.done();
    }
    Optional<DBInstance> original = original(context);
    Optional<StepOutcome> unfit = Fitness.ofOriginal(env, original, names.asideName());
    if (unfit.isPresent()) {
      return unfit.get();
    }
    if (isSettling(context, MODIFY, names.asideName())) {
      // It may still show the protection that was taken off a moment ago.
      return waitForChange();
    }
    return original.filter(RdsStep::isProtected).isPresent()
        ? StepOutcome.done()
        : send(context, true);
  }

  private StepOutcome send(StepContext context, boolean isProtected) {
    setDeletionProtection(context, names.asideName(), isProtected);
    return waitForChange();
  }

  private StepOutcome waitForChange() {
    return waitFor("rds:DeletionProtectionChanged", names.asideName(), "requested");
  }
}
