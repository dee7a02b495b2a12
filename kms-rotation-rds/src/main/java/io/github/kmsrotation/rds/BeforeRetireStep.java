package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;

/** Before the approval for RETIRE is asked for: nobody approves what would be refused. */
final class BeforeRetireStep extends RdsStep {

  BeforeRetireStep(Env env) {
    super(
        new StepDescription(
            "check-before-retire",
            "See that the original can go: nothing hangs on it, and the new key can be used",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return Retirement.obstacle(env, context, original(context)).orElseGet(StepOutcome::done);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
