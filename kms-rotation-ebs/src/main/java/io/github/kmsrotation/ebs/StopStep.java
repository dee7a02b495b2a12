package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Stops the instance, or sees that it is stopped where it was when the plan was made. */
final class StopStep extends EbsStep {

  static final String ID = "stop-instance";

  /** A fact: whether it was this run that stopped it. */
  private static final String BY_RUN = "stoppedByRun";

  private final Power power;

  private StopStep(StepDescription description, Env env, Power power) {
    super(description, env);
    this.power = power;
  }

  static StopStep stop(Env env, Power power) {
    return new StopStep(
        new StepDescription(
            ID,
            "Stop the instance "
                + env.subject().instance()
                + ": it is out of service until started",
            Phase.PREPARE,
            List.of(Power.STOP),
            List.of(Power.START),
            List.of(),
            Undo.UNDOABLE),
        env,
        power);
  }

  static StopStep see(Env env, Power power) {
    return new StopStep(
        new StepDescription(
            ID,
            "See that the instance " + env.subject().instance() + " is stopped",
            Phase.PREPARE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env,
        power);
  }

  /** Whether the run has the instance stopped, and has to start it some time. */
  static boolean stoppedByRun(StepContext context) {
    return context.factsOf(ID).find(BY_RUN).filter("true"::equals).isPresent();
  }

  private boolean wasSent(StepContext context) {
    return context.lastSent(Power.STOP, env.subject().instance()).isPresent();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    if (!wasSent(context)) {
      Optional<StepOutcome> obstacle =
          AsPlanned.obstacle(env, context).or(() -> runningUnasked(context));
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
    }
    StepOutcome outcome = power.stop(context);
    if (!(outcome instanceof StepOutcome.Done done)) {
      return outcome;
    }
    TreeMap<String, String> facts = new TreeMap<>(done.facts().values());
    facts.put(BY_RUN, Boolean.toString(wasSent(context)));
    return StepOutcome.done(new Facts(facts));
  }

  private Optional<StepOutcome> runningUnasked(StepContext context) {
    if (env.subject().isStoppedByRun()) {
      return Optional.empty();
    }
    return ec2.instance(context, env.subject().instance())
        .filter(instance -> !instance.state().nameAsString().startsWith("stop"))
        .map(
            instance ->
                StepOutcome.blocked(
                    "The instance "
                        + env.subject().instance()
                        + " is "
                        + instance.state().nameAsString()
                        + "; it was stopped when the plan was made.",
                    "Nothing was done. Stop it and resume, or roll back and make a new plan."));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return wasSent(context) ? power.start(context) : StepOutcome.done();
  }
}
