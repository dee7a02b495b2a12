package io.github.kmsrotation.fleet;

import io.github.kmsrotation.internal.InWords;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/** Opens at one time of day, on some days of the week. */
record WeeklyWindow(Set<DayOfWeek> days, LocalTime from, Duration length, ZoneId zone)
    implements MaintenanceWindow {

  WeeklyWindow {
    days = Set.copyOf(days);
    if (days.isEmpty()) {
      throw new IllegalArgumentException("A window needs at least one day of the week");
    }
    if (length.isNegative() || length.isZero() || length.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "length must be more than nothing and at most a day, was " + InWords.exactly(length));
    }
  }

  @Override
  public Instant nextOpening(Instant now) {
    LocalDate day = now.atZone(zone).toLocalDate().minusDays(1);
    while (true) {
      Instant opens = ZonedDateTime.of(day, from, zone).toInstant();
      if (days.contains(day.getDayOfWeek()) && now.isBefore(opens.plus(length))) {
        return opens;
      }
      day = day.plusDays(1);
    }
  }
}
