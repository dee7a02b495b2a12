package io.github.kmsrotation.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How much time has passed. Only time that goes forward counts: when the clock is put back, nothing
 * becomes due later for it. Used by one thread.
 */
final class FleetTime {

  private final Clock clock;
  private Instant last;
  private Duration elapsed = Duration.ZERO;

  FleetTime(Clock clock) {
    this.clock = clock;
    this.last = clock.instant();
  }

  Instant now() {
    return clock.instant();
  }

  Duration elapsed() {
    Instant now = clock.instant();
    if (now.isAfter(last)) {
      elapsed = elapsed.plus(Duration.between(last, now));
    }
    last = now;
    return elapsed;
  }
}
