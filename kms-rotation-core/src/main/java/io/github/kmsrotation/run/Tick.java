package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepDescription;
import java.time.Duration;
import java.util.Optional;

/**
 * How far {@link RunInProgress#tick} came. Asking for the next tick earlier than it says is
 * harmless and costs a look; asking later costs time.
 */
public sealed interface Tick {

  /**
   * A step was begun and waits, in AWS's time.
   *
   * @param step the step
   * @param condition what it waits for; empty after a lost answer, when it only has to look again
   * @param pause how long to wait before the next tick
   */
  record Waiting(StepDescription step, Optional<Condition> condition, Duration pause)
      implements Tick {}

  /**
   * The {@link StepGate} does not let a step begin.
   *
   * @param step the step
   * @param pause how long to wait before the next tick, which asks the gate again
   */
  record Held(StepDescription step, Duration pause) implements Tick {}

  /**
   * The run came to its end or had to stop; there is no next tick.
   *
   * @param report what happened
   */
  record Ended(RotationReport report) implements Tick {}
}
