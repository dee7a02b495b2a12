package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.VerifyStep;
import io.github.kmsrotation.rds.data.DataVerifier;

/**
 * Checks once more, right before the cutover, that no write got into the original in spite of the
 * freeze: the approval for the cutover may have taken hours.
 */
final class NoWritesStep implements Step {

  private final VerifyStep check;

  NoWritesStep(RdsStep.Env env, DataVerifier verifier) {
    check =
        new VerifyStep(
            "check-no-writes",
            "Compare the data once more: did a write get in since the freeze?",
            Phase.CUTOVER,
            new DataComparison(env, verifier));
  }

  @Override
  public StepDescription description() {
    return check.description();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    StepOutcome outcome = check.advance(context);
    if (outcome instanceof StepOutcome.Blocked blocked) {
      return new StepOutcome.Blocked(
          "Something wrote to the original after the DB snapshot, although writers were frozen. "
              + blocked.reason(),
          "Find the writer. This run cannot carry the write over: roll back and make a new plan.",
          blocked.evidence());
    }
    return outcome;
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return check.undo(context);
  }
}
