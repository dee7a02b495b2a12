package io.github.kmsrotation.run;

/** Whose leftovers a sweep may remove. */
public enum SweepScope {
  /** Those of runs that the runner's journal knows, and that have ended. */
  RUNS_OF_THE_JOURNAL,
  /**
   * Those of runs that the journal does not know, too. Such a run may be under way with another
   * journal: only for those who know that there is none, or that it is lost.
   */
  UNKNOWN_RUNS_TOO
}
