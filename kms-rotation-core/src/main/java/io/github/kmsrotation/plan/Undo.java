package io.github.kmsrotation.plan;

/** What rolling a step back means. */
public enum Undo {
  /** The step changes nothing in AWS, so there is nothing to undo. */
  NOTHING_TO_UNDO,
  /** The step is undone by a call of its own. */
  UNDOABLE,
  /** The step cannot be undone; it may stand in {@link Phase#RETIRE} only. */
  IRREVERSIBLE
}
