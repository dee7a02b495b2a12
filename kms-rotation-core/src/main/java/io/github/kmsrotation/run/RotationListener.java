package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Progress;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;

/**
 * Is told how a run goes. A listener cannot steer: it is called on the runner's thread after the
 * journal holds what it is told, in order, and should return at once. What it throws is logged and
 * changes nothing, Errors other than a {@link VirtualMachineError} included.
 */
public interface RotationListener {

  /**
   * A step begins, or begins again after a crash.
   *
   * @param plan the plan
   * @param step the step
   */
  default void onStepStarted(RotationPlan plan, StepDescription step) {}

  /**
   * A step waits. Called each time it looked.
   *
   * @param plan the plan
   * @param step the step
   * @param condition what it waits for
   */
  default void onStepWaiting(RotationPlan plan, StepDescription step, Condition condition) {}

  /**
   * A step that goes through many objects has come further. Called every few seconds or less often.
   *
   * @param plan the plan
   * @param step the step
   * @param progress how far it is
   */
  default void onStepProgress(RotationPlan plan, StepDescription step, Progress progress) {}

  /**
   * A step is done.
   *
   * @param plan the plan
   * @param step the step
   * @param outcome its facts and evidence
   */
  default void onStepDone(RotationPlan plan, StepDescription step, StepOutcome.Done outcome) {}

  /**
   * A step was rolled back.
   *
   * @param plan the plan
   * @param step the step
   */
  default void onStepUndone(RotationPlan plan, StepDescription step) {}

  /**
   * The run stopped, for whichever reason.
   *
   * @param report what happened
   */
  default void onRunEnded(RotationReport report) {}
}
