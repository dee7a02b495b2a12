package io.github.kmsrotation.fleet;

import io.github.kmsrotation.run.RunStatus;

/** What became of one of a fleet's runs. */
public enum FleetOutcome {
  /** Every step is done. */
  SUCCEEDED,
  /** Not begun, or in somebody else's hands. Resubmit it. */
  SKIPPED,
  /**
   * Somebody has to mend what the reason names, then resubmit it or roll it back. If the world has
   * changed since it was planned, roll it back and make a new plan.
   */
  BLOCKED,
  /** Something went wrong that the reason names: look at it, then resubmit it or roll it back. */
  FAILED,
  /** It, or its wave, awaits an approval: resubmit it with an approver that gives it. */
  AWAITING_APPROVAL,
  /** Begun, and stopped where the fleet was cancelled or interrupted. Resubmit it. */
  STOPPED,
  /** Rolled back, so there is nothing left to do; to rotate it after all, make a new plan. */
  ROLLED_BACK;

  static FleetOutcome of(RunStatus status) {
    return switch (status) {
      case SUCCEEDED -> SUCCEEDED;
      case ROLLED_BACK -> ROLLED_BACK;
      case RUNNING -> STOPPED;
      case AWAITING_APPROVAL -> AWAITING_APPROVAL;
      case BLOCKED -> BLOCKED;
      case FAILED -> FAILED;
    };
  }

  /**
   * Whether it counts against the {@link FailureBudget}.
   *
   * @return true for {@link #BLOCKED} and {@link #FAILED}
   */
  public boolean isFailure() {
    return this == BLOCKED || this == FAILED;
  }

  /**
   * Whether a new fleet could go on with it.
   *
   * @return false for {@link #SUCCEEDED} and {@link #ROLLED_BACK}
   */
  public boolean isLeft() {
    return this != SUCCEEDED && this != ROLLED_BACK;
  }
}
