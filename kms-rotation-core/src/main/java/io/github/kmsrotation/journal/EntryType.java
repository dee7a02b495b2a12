package io.github.kmsrotation.journal;

/** The sorts of things that a journal tells. A stored type that is not among them is an error. */
public enum EntryType {
  /** The first entry of a run: its plan. */
  PLAN,
  /** The run was begun or taken up again. */
  STARTED,
  /** An approver answered. */
  APPROVAL,
  /** A step was begun. */
  STEP_STARTED,
  /** A step waits for a condition. */
  STEP_WAITING,
  /** A step noted how far it is. */
  STEP_CHECKPOINT,
  /** A mutating call is about to be sent. */
  INTENT,
  /** A mutating call was answered, or its answer was lost. */
  OUTCOME,
  /** A step is done. */
  STEP_DONE,
  /** A step needs help. */
  STEP_BLOCKED,
  /** A step failed. */
  STEP_FAILED,
  /** Rolling back was begun. */
  ROLLBACK_STARTED,
  /** A step was rolled back. */
  STEP_UNDONE,
  /** The run ended for good. */
  FINISHED,
  /** The first entry of a fleet, which is a run of runs: how many there are. */
  FLEET,
  /** Some of a fleet's runs. */
  FLEET_RUNS,
  /** The first entry of a sweep, which removes what other runs left: of which kind. */
  SWEEP
}
