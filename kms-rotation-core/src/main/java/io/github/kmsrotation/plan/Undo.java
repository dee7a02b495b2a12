package io.github.kmsrotation.plan;

/** What rolling a step back means. */
public enum Undo {
  /** The step changes nothing in AWS, so there is nothing to undo. */
  NOTHING_TO_UNDO,
  /** The step is undone by a call of its own. */
  UNDOABLE,
  /**
   * What the step did stays when the run is rolled back: it harms nothing that served before, and
   * taking it back would be one more move. Undoing tells what stays.
   */
  KEPT,
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
