package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;

/** Deletes the deployment, which has no part in anything any more, and neither DB instance. */
final class DeleteDeploymentStep extends RdsStep {

  private final Deployments deployments;

  DeleteDeploymentStep(Env env) {
    super(
        new StepDescription(
            "delete-blue-green-deployment",
            "Delete the blue/green deployment, and neither of its DB instances",
            Phase.CUTOVER,
            List.of(Deployments.DELETE),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.deployments = new Deployments(env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return deployments.delete(context, false).orElseGet(StepOutcome::done);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
