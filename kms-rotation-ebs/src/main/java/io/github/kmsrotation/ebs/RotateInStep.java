package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;

/** Brings the new instance into service; backwards, the original again. */
final class RotateInStep extends EbsStep {

  static final String ID = "rotate-in";

  private final Traffic traffic;
  private boolean isBegun;

  RotateInStep(Env env, Traffic traffic) {
    super(
        new StepDescription(
            ID,
            "Rotate the new instance into production, and wait until it is healthy",
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
    Optional<StepOutcome> obstacle = isBegun ? Optional.empty() : obstacle(context);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    isBegun = true;
    return traffic.in(context, Successor.id(context)).orElseGet(StepOutcome::done);
  }

  /** The approval for the cutover may take days, in which much may change. */
  private Optional<StepOutcome> obstacle(StepContext context) {
    return Stillness.disturbed(env, context).or(() -> Successor.unfit(env, context));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return traffic.back(context);
  }
}
