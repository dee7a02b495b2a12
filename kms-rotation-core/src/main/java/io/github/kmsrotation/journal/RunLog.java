package io.github.kmsrotation.journal;

import java.util.List;
import java.util.Set;

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

  /**
   * Reserves what the run changes, until {@link #release}: it outlives the owner, since a run that
   * was killed goes on. What the run has already it keeps. Claims of runs that have come to their
   * end, or that the journal does not know any more, are void.
   *
   * @param resources names that are equal if and only if the resources are the same
   * @throws ResourceInUseException if another run of this journal has one of them; none is taken
   *     then
   * @throws JournalUnavailableException if that could not be made durable
   */
  void claim(Set<String> resources);

  /**
   * Gives back what {@link #claim} reserved by this object: the run has come to its end.
   *
   * @throws JournalUnavailableException if that was not possible; the claims are void all the same,
   *     as the journal tells that the run has come to its end
   */
  void release();

  /** Gives the ownership back, not what was claimed. */
  @Override
  void close();
}
