package io.github.kmsrotation.plan;

import io.github.kmsrotation.internal.InWords;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a step is that does the same thing to many objects.
 *
 * @param objects how many it has gone through, over all processes that ran it; 0 or more
 * @param ofObjects how many there are, where that is known; they may become more meanwhile
 * @param bytes how many bytes those have that it has gone through
 * @param objectsPerSecond how many it goes through in a second lately, in this process; 0 as long
 *     as that is not known
 * @param estimatedEnd when the step will be done if it goes on as it does lately; empty if it is
 *     not known how many objects there are, or how fast it goes
 */
public record Progress(
    long objects,
    OptionalLong ofObjects,
    long bytes,
    double objectsPerSecond,
    Optional<Instant> estimatedEnd) {

  /** Checks for null. */
  public Progress {
    Objects.requireNonNull(ofObjects, "ofObjects");
    Objects.requireNonNull(estimatedEnd, "estimatedEnd");
  }

  /**
   * For people.
   *
   * @return for example {@code 5,000 of 12,000 objects, 1,048,576 bytes, 900 a second, done at
   *     about 2026-11-24 08:00:00 UTC}
   */
  public String describe() {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%,d", objects));
    ofObjects.ifPresent(all -> text.append(String.format(Locale.ROOT, " of %,d", all)));
    text.append(String.format(Locale.ROOT, " objects, %,d bytes", bytes));
    if (objectsPerSecond > 0) {
      text.append(String.format(Locale.ROOT, ", %,.0f a second", objectsPerSecond));
    }
    estimatedEnd.ifPresent(end -> text.append(", done at about ").append(InWords.at(end)));
    return text.toString();
  }
}
