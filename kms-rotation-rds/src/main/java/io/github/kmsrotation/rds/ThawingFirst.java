package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;

/**
 * A step whose undoing only tidies up: backwards, it lets writers write again before it begins,
 * since the original serves by then and tidying up may fail.
 */
record ThawingFirst(Step step, FreezeStep freeze) implements Step {

  @Override
  public StepDescription description() {
    return step.description();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return step.advance(context);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    StepOutcome thawed = freeze.undo(context);
    return thawed instanceof StepOutcome.Done ? step.undo(context) : thawed;
  }
}
