package io.github.kmsrotation.testkit.clock;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to happen later, and when what was made is found. Used under the embedded AWS's lock. */
public final class Timeline {

  private record Event(Instant at, long number, Runnable action) {}

  private final Clock clock;
  private final Duration propagation;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
  private long numbers;
  private volatile Instant present;
  private boolean isCatchingUp;

  /**
   * @param clock the time
   * @param propagation how long what was made is not found; zero or more
   */
  public Timeline(Clock clock, Duration propagation) {
    this.clock = clock;
    this.propagation = propagation;
    this.present = clock.instant();
  }

  /**
   * The time: that of the event while one happens.
   *
   * @return the present
   */
  public Instant now() {
    return present;
  }

  /**
   * Whether what was made at a time is found by now.
   *
   * @param madeAt the time
   * @return false while it may not be seen yet
   */
  public boolean hasPropagated(Instant madeAt) {
    return !madeAt.plus(propagation).isAfter(present);
  }

  /**
   * Has something happen later.
   *
   * @param delay how much later
   * @param action what
   */
  public void after(Duration delay, Runnable action) {
    events.add(new Event(present.plus(delay), numbers++, action));
  }

  /**
   * Lets everything happen that is due, in order, each at its own time. What happens may call this
   * again; then it does nothing.
   */
  public void catchUp() {
    if (isCatchingUp) {
      return;
    }
    isCatchingUp = true;
    try {
      catchUp(clock.instant());
    } finally {
      isCatchingUp = false;
    }
  }

  private void catchUp(Instant now) {
    Event next = events.peek();
    while (next != null && !next.at().isAfter(now)) {
      events.remove(next);
      present = next.at();
      next.action().run();
      next = events.peek();
    }
    present = now;
  }
}
