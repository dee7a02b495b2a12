package io.github.kmsrotation.ebs;

/** Why nothing that matters is written to the originals from the snapshots on. */
enum Writes {
  /** The run stops the instance. */
  STOPPED_BY_RUN,
  /** The instance was stopped when the plan was made, and stays so. */
  STOPPED_ALREADY,
  /** The caller's hook takes the volumes out of use. */
  FROZEN,
  /** The caller said that what is written after the snapshots may be lost. */
  LOST,
  /** Nothing is attached to write. */
  UNATTACHED
}
