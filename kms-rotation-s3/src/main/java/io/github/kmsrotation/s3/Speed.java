package io.github.kmsrotation.s3;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How fast it goes lately: over the last minute, or the time between the last two notes if that is
 * longer. What was done by another process, or before a stop, does not count. For one thread.
 */
final class Speed {

  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final Deque<Note> notes = new ArrayDeque<>();

  private record Note(Instant at, long done) {}

  void note(Instant at, long done) {
    if (!notes.isEmpty() && at.isBefore(notes.getLast().at())) {
      notes.clear();
    }
    notes.addLast(new Note(at, done));
    while (notes.size() > 2 && notes.getFirst().at().isBefore(at.minus(WINDOW))) {
      notes.removeFirst();
    }
  }

  /** Things a second; 0 as long as it is not known. */
  double perSecond() {
    if (notes.size() < 2) {
      return 0;
    }
    long millis = Duration.between(notes.getFirst().at(), notes.getLast().at()).toMillis();
    return millis == 0 ? 0 : (notes.getLast().done() - notes.getFirst().done()) * 1e3 / millis;
  }

  /** When so many will be done; empty if that cannot be told. */
  Optional<Instant> endOf(OptionalLong all) {
    double speed = perSecond();
    if (all.isEmpty() || speed <= 0) {
      return Optional.empty();
    }
    Note last = notes.getLast();
    long left = Math.max(0, all.getAsLong() - last.done());
    return Optional.of(last.at().plusMillis((long) (left * 1e3 / speed)));
  }
}
