package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;

/** Takes the original out of service; backwards, brings it in again. */
final class RotateOutStep extends EbsStep {

  static final String ID = "rotate-out";

  private final Traffic traffic;

  RotateOutStep(Env env, Traffic traffic) {
    super(
        new StepDescription(
            ID,
            "Rotate " + env.subject().instance() + " out of production, and wait until it drained",
            Phase.CUTOVER,
            traffic.calls(),
            traffic.undoCalls(),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.traffic = traffic;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return traffic.out(context, env.subject().instance()).orElseGet(StepOutcome::done);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return traffic.back(context);
  }
}
