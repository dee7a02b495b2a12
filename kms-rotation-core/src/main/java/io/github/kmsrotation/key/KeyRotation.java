package io.github.kmsrotation.key;

import java.time.Instant;
import java.util.Objects;

/**
 * One rotation of a key's material that has happened, as {@code ListKeyRotations} tells it.
 *
 * @param at when
 * @param onDemand whether somebody asked for it; otherwise it was automatic
 */
public record KeyRotation(Instant at, boolean onDemand) {
  /** Checks for null. */
  public KeyRotation {
    Objects.requireNonNull(at, "at");
  }
}
