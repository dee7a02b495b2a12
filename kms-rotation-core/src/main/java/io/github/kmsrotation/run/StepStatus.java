package io.github.kmsrotation.run;

/** How a step of a run stands. What went wrong is a matter of the run: see {@link RunStatus}. */
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
