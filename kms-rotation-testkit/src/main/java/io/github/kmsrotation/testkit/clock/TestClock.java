package io.github.kmsrotation.testkit.clock;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that is turned by hand, or runs faster than time does. Safe for use by several threads.
 */
public final class TestClock extends Clock {

  private final Instant start;
  private final double speed;
  private final LongSupplier nanos;
  private final long startNanos;
  private Duration turned = Duration.ZERO;

  private TestClock(Instant start, double speed, LongSupplier nanos) {
    this.start = start;
    this.speed = speed;
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
  }

  /**
   * A clock that stands still until {@link #advance}.
   *
   * @param start its first time
   * @return a clock
   */
  public static TestClock manual(Instant start) {
    return new TestClock(start, 0, () -> 0);
  }

  /**
   * A clock that starts now and runs a number of times as fast as time does.
   *
   * @param speed 1 to 1,000,000
   * @return a clock
   * @throws IllegalArgumentException if out of range
   */
  public static TestClock running(double speed) {
    if (!(speed >= 1 && speed <= 1_000_000)) {
      throw new IllegalArgumentException("speed must be 1 to 1,000,000, was " + speed);
    }
    return new TestClock(Instant.now(), speed, System::nanoTime);
  }

  /**
   * Turns the clock.
   *
   * @param duration how far; not negative
   * @throws IllegalArgumentException if negative
   */
  public synchronized void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("A clock is not turned back: " + duration);
    }
    turned = turned.plus(duration);
  }

  /**
   * Waits by this clock: turns it if it is manual, sleeps a shorter time if it runs fast.
   *
   * @param duration how long by this clock
   * @throws InterruptedException if interrupted
   */
  public void sleep(Duration duration) throws InterruptedException {
    if (speed == 0) {
      advance(duration);
    } else {
      Thread.sleep((long) Math.ceil(duration.toMillis() / speed));
    }
  }

  @Override
  public synchronized Instant instant() {
    long elapsed = nanos.getAsLong() - startNanos;
    return start.plus(turned).plusNanos((long) (elapsed * speed));
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("The embedded AWS tells UTC only");
  }
}
