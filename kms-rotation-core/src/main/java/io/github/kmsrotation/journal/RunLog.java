package io.github.kmsrotation.journal;

import java.util.List;

/** The log of one run, held by its owner until closed. Used by one thread at a time. */
public interface RunLog extends AutoCloseable {

  /**
   * Everything that was appended so far.
   *
   * @return the entries in order
   */
  List<JournalEntry> entries();

  /**
   * Appends an entry. When this returns, the entry survives a crash of process and machine.
   *
   * @param entry what happened
   * @throws JournalUnavailableException if it could not be made durable; nothing further may be
   *     done in the run then
   * @throws RunInUseException if somebody else has taken the run over meanwhile, since this owner
   *     seemed to be dead; nothing further may be done in the run by this owner
   */
  void append(JournalEntry entry);

  /** Gives the ownership back. */
  @Override
  void close();
}
