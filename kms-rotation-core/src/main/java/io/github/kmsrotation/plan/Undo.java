package io.github.kmsrotation.plan;

/** What rolling a step back means. */
public enum Undo {
  /** The step changes nothing in AWS, so there is nothing to undo. */
  NOTHING_TO_UNDO,
  /** The step is undone by a call of its own. */
  UNDOABLE,
  /**
   * The step is undone by a call of its own, which does not undo what happened meanwhile: whatever
   * still needs a disabled key fails at once. It stands in {@link Phase#CUTOVER} or later, and
   * needs the approval that something irreversible needs.
   */
  DISRUPTIVE,
  /** The step cannot be undone. It stands in {@link Phase#CUTOVER} or {@link Phase#RETIRE}. */
  IRREVERSIBLE;

  /**
   * Whether only {@code Approval.iAcceptThatThisCannotBeUndone} lets the step begin.
   *
   * @return true for {@link #DISRUPTIVE} and {@link #IRREVERSIBLE}
   */
  public boolean needsIrreversibleApproval() {
    return this == DISRUPTIVE || this == IRREVERSIBLE;
  }
}
