package io.github.kmsrotation.plan;

import io.github.kmsrotation.internal.InWords;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A time for which something is looked at again and again. It counts from a moment that the journal
 * remembers, so that a resumed run goes on observing and does not begin anew.
 *
 * @param period how long; zero or more
 * @param pollEvery how long to wait before looking again; positive
 */
public record Observation(Duration period, Duration pollEvery) {

  /** Beyond the period itself, before the run stops and asks. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  /**
   * @throws IllegalArgumentException if the period is negative, or {@code pollEvery} not positive
   */
  public Observation {
    if (period.isNegative()) {
      throw new IllegalArgumentException(
          "period must not be negative, was " + InWords.exactly(period));
    }
    if (pollEvery.isNegative() || pollEvery.isZero()) {
      throw new IllegalArgumentException(
          "pollEvery must be positive, was " + InWords.exactly(pollEvery));
    }
  }

  /**
   * What is still to be waited for.
   *
   * @param kind the {@link Condition#kind}, for example {@code rds:Observed}
   * @param resource what is observed
   * @param since since when, for example {@link StepContext#begunAt}
   * @param now the time
   * @return the waiting; empty once the period is over
   */
  public Optional<StepOutcome> rest(String kind, String resource, Instant since, Instant now) {
    Duration left = period.minus(Duration.between(since, now));
    if (left.isNegative() || left.isZero()) {
      return Optional.empty();
    }
    return Optional.of(
        StepOutcome.waiting(
            new Condition(
                kind,
                resource,
                "as it should be, " + InWords.about(left) + " to go",
                left.compareTo(pollEvery) < 0 ? left : pollEvery,
                period.plus(PATIENCE))));
  }
}
