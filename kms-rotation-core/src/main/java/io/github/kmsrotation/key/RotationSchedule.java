package io.github.kmsrotation.key;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code GetKeyRotationStatus} tells.
 *
 * @param periodInDays the period of automatic rotation, 90 to 2560; empty if it is not enabled
 * @param next when AWS rotates next; empty if automatic rotation is not enabled
 * @param onDemandSince when the on-demand rotation began that is still in progress, if one is
 */
public record RotationSchedule(
    Optional<Integer> periodInDays, Optional<Instant> next, Optional<Instant> onDemandSince) {

  /** Checks for null. */
  public RotationSchedule {
    Objects.requireNonNull(periodInDays, "periodInDays");
    Objects.requireNonNull(next, "next");
    Objects.requireNonNull(onDemandSince, "onDemandSince");
  }

  /**
   * Automatic rotation is not enabled and no rotation is in progress.
   *
   * @return a schedule without any rotation
   */
  public static RotationSchedule none() {
    return new RotationSchedule(Optional.empty(), Optional.empty(), Optional.empty());
  }
}
