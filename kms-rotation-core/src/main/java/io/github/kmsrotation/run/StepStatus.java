package io.github.kmsrotation.run;

/** How a step of a run stands. */
public enum StepStatus {
  /** Not begun. */
  PENDING,
  /** Begun and not done. */
  STARTED,
  /** Done. */
  DONE,
  /** Rolled back. */
  UNDONE
}
