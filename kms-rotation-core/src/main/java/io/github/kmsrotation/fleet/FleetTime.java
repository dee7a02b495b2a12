package io.github.kmsrotation.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How much time has passed. Only time that goes forward counts: when the clock is put back, nothing
 * becomes due later for it. Used by one thread.
 */
final class FleetTime {

  private static final Duration ROUNDED_FROM = Duration.ofSeconds(10);

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

  /**
   * The time after a pause, which is put off to a full second if the pause is no short one: who
   * looks together wakes the fleet once.
   */
  Duration after(Duration pause) {
    Duration then = elapsed().plus(pause);
    return pause.compareTo(ROUNDED_FROM) < 0 || then.getNano() == 0
        ? then
        : Duration.ofSeconds(then.getSeconds() + 1);
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
