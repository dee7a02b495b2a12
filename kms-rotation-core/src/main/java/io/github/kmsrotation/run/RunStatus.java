package io.github.kmsrotation.run;

/**
 * How a run stands. In the order of severity, so that the greatest of several is what somebody
 * should look at first.
 */
public enum RunStatus {
  /** Every step is done. */
  SUCCEEDED,
  /** Rolled back: what served before serves again. */
  ROLLED_BACK,
  /** Under way, or broken off by a crash or an interrupt; seen in reports of progress only. */
  RUNNING,
  /** A phase waits for an approval: resume with an approver that gives it, or roll back. */
  AWAITING_APPROVAL,
  /** Somebody has to mend what the report names: then resume, or roll back. */
  BLOCKED,
  /** Something went wrong that the report names: look at it, then resume, or roll back. */
  FAILED;

  /**
   * Whether nothing is left to do.
   *
   * @return true for {@link #SUCCEEDED} and {@link #ROLLED_BACK}
   */
  public boolean isFinal() {
    return this == SUCCEEDED || this == ROLLED_BACK;
  }
}
