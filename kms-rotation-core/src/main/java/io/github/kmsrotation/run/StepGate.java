package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import java.time.Duration;
import java.util.Optional;

/**
 * Holds a run before a step, for example until a maintenance window opens. Asked before each step
 * begins, after its phase was approved, and again when the time that it named has passed; when a
 * run is taken up again, also about the step that it stood in. Not asked once a step of {@link
 * Phase#CUTOVER} was begun until that phase is over: half a cutover is an outage, so what was begun
 * is brought through. Not asked when a run is rolled back. Safe for use by several threads; an
 * exception ends the run as {@link RunStatus#FAILED}.
 */
@FunctionalInterface
public interface StepGate {

  /**
   * May this step begin?
   *
   * @param plan the plan
   * @param step the step that is about to begin
   * @return empty to let it begin, or a positive duration after which to ask again
   */
  Optional<Duration> holds(RotationPlan plan, StepDescription step);

  /**
   * A gate that is always open, the default.
   *
   * @return a gate
   */
  static StepGate open() {
    return (plan, step) -> Optional.empty();
  }
}
