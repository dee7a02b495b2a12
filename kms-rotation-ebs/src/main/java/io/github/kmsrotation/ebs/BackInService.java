package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;

/**
 * Brings the originals back into service before a roll-back tidies up, since they are attached by
 * then and tidying up takes time and may fail. For the steps whose undoing only tidies up.
 */
final class BackInService {

  private final Optional<FreezeStep> freeze;
  private final Power power;
  private final boolean stops;
  private boolean done;

  BackInService(Subject subject, Power power, Optional<FreezeStep> freeze) {
    this.power = power;
    this.freeze = freeze;
    this.stops = subject.isStoppedByRun();
  }

  /** What a step that uses this may send besides its own calls when it is undone. */
  List<String> calls() {
    return stops ? List.of(Power.START) : List.of();
  }

  /** Empty once the originals serve. */
  Optional<StepOutcome> missing(StepContext context) {
    if (done) {
      return Optional.empty();
    }
    StepOutcome outcome = StepOutcome.done();
    if (freeze.isPresent()) {
      outcome = freeze.get().undo(context);
    } else if (stops && StopStep.stoppedByRun(context)) {
      outcome = power.start(context);
    }
    done = outcome instanceof StepOutcome.Done;
    return done ? Optional.empty() : Optional.of(outcome);
  }
}
