package io.github.kmsrotation.fleet;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Set;

/**
 * When a fleet may begin runs, and when a run may begin its CUTOVER. A run that is under way when
 * the window closes goes on, but waits with its CUTOVER until the next one; writes may be frozen
 * meanwhile, so choose windows that are longer than a rotation takes. A CUTOVER that has begun is
 * brought through. Implementations are safe for use by several threads and throw nothing.
 */
@FunctionalInterface
public interface MaintenanceWindow {

  /**
   * When the window is open.
   *
   * @param now a time
   * @return {@code now} or an earlier time if it is open then, otherwise when it opens next
   */
  Instant nextOpening(Instant now);

  /**
   * A window that is never closed, the default.
   *
   * @return a window
   */
  static MaintenanceWindow always() {
    return now -> now;
  }

  /**
   * A window of every day.
   *
   * @param from when it opens; a time that the day skips, as clocks are put forward, is that much
   *     later
   * @param length how long it is open: more than nothing, at most a day
   * @param zone whose time it is
   * @return a window
   * @throws IllegalArgumentException if the length is out of range
   */
  static MaintenanceWindow daily(LocalTime from, Duration length, ZoneId zone) {
    return weekly(EnumSet.allOf(DayOfWeek.class), from, length, zone);
  }

  /**
   * A window of some days of every week.
   *
   * @param days the days on which it opens
   * @param from when it opens; a time that the day skips, as clocks are put forward, is that much
   *     later
   * @param length how long it is open, beyond midnight, too: more than nothing, at most a day
   * @param zone whose time it is
   * @return a window
   * @throws IllegalArgumentException if the length is out of range or there is no day
   */
  static MaintenanceWindow weekly(
      Set<DayOfWeek> days, LocalTime from, Duration length, ZoneId zone) {
    return new WeeklyWindow(days, from, length, zone);
  }
}
