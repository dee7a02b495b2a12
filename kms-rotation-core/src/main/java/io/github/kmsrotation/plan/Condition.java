package io.github.kmsrotation.plan;

import io.github.kmsrotation.internal.InWords;
import java.time.Duration;
import java.util.Objects;

/**
 * What a step waits for. Conditions of one kind can be polled together, so that a thousand waiting
 * rotations cost a few calls.
 *
 * @param kind what sort of thing is waited for, for example {@code rds:DBSnapshotAvailable}
 * @param resource which one
 * @param seen what it looked like when last seen, for people, for example {@code creating, 40 %}
 * @param pollEvery how long to wait before looking again
 * @param timeout how long this may take before the run stops and asks
 */
public record Condition(
    String kind, String resource, String seen, Duration pollEvery, Duration timeout) {

  /**
   * @throws IllegalArgumentException if a duration is not positive
   */
  public Condition {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(seen, "seen");
    if (pollEvery.isNegative() || pollEvery.isZero()) {
      throw new IllegalArgumentException(
          "pollEvery must be positive, was " + InWords.exactly(pollEvery));
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "timeout must be positive, was " + InWords.exactly(timeout));
    }
  }
}
