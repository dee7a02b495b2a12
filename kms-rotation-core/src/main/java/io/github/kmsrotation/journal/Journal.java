package io.github.kmsrotation.journal;

import io.github.kmsrotation.plan.RunId;
import java.util.List;

/**
 * Where runs are remembered. Implementations are safe for use by several threads and processes; a
 * run has one owner at a time.
 */
public interface Journal {

  /**
   * Starts the log of a new run and takes ownership of it.
   *
   * @param runId the run
   * @return its empty log
   * @throws RunInUseException if the run exists already
   * @throws JournalUnavailableException if it cannot be written
   */
  RunLog create(RunId runId);

  /**
   * Opens the log of a run and takes ownership of it.
   *
   * @param runId the run
   * @return its log
   * @throws UnknownRunException if there is no such run
   * @throws RunInUseException if somebody else owns it
   * @throws JournalCorruptedException if it is damaged
   * @throws JournalVersionException if another version wrote it
   * @throws JournalUnavailableException if it cannot be read
   */
  RunLog open(RunId runId);

  /**
   * All runs that are remembered.
   *
   * @return their ids, in alphabetical order
   * @throws JournalUnavailableException if they cannot be listed
   */
  List<RunId> runs();
}
