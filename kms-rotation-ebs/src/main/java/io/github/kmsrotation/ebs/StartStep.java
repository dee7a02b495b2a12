package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;

/** Starts the instance that the run stopped; backwards, stops it so that volumes can be swapped. */
final class StartStep extends EbsStep {

  static final String ID = "start-instance";

  private final Power power;

  StartStep(Env env, Power power) {
    super(
        new StepDescription(
            ID,
            "Start the instance " + env.subject().instance() + " with the new volumes",
            Phase.CUTOVER,
            List.of(Power.START),
            List.of(Power.STOP),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.power = power;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return StopStep.stoppedByRun(context) ? power.start(context) : StepOutcome.done();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return context.lastSent(Power.START, env.subject().instance()).isPresent()
        ? power.stop(context)
        : StepOutcome.done();
  }
}
