package io.github.kmsrotation.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaintenanceWindowTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static void assertOpen(MaintenanceWindow window, String time) {
    assertThat(window.nextOpening(Instant.parse(time))).isBeforeOrEqualTo(Instant.parse(time));
  }

  private static void assertOpensNext(MaintenanceWindow window, String time, String opening) {
    assertThat(window.nextOpening(Instant.parse(time))).isEqualTo(Instant.parse(opening));
  }

  @Test
  void daily_beyondMidnight_isOpenOnBothDays() {
    MaintenanceWindow night =
        MaintenanceWindow.daily(LocalTime.of(23, 0), Duration.ofHours(3), ZoneOffset.UTC);

    assertOpensNext(night, "2026-11-24T22:59:59Z", "2026-11-24T23:00:00Z");
    assertOpen(night, "2026-11-24T23:00:00Z");
    assertOpen(night, "2026-11-25T01:59:59Z");
    assertOpensNext(night, "2026-11-25T02:00:00Z", "2026-11-25T23:00:00Z");
  }

  @Test
  void weekly_opensOnItsDaysOnly() {
    MaintenanceWindow sunday =
        MaintenanceWindow.weekly(
            Set.of(DayOfWeek.SUNDAY), LocalTime.of(22, 0), Duration.ofHours(4), ZoneOffset.UTC);

    assertOpensNext(sunday, "2026-11-24T23:00:00Z", "2026-11-29T22:00:00Z");
    assertOpen(sunday, "2026-11-30T01:00:00Z");
    assertOpensNext(sunday, "2026-11-30T02:00:00Z", "2026-12-06T22:00:00Z");
  }

  @Test
  void daily_whenClocksArePutForwardAndBack_keepsItsLength() {
    MaintenanceWindow night =
        MaintenanceWindow.daily(LocalTime.of(2, 30), Duration.ofHours(1), BERLIN);

    assertOpensNext(night, "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z");
    assertOpensNext(night, "2026-03-29T02:30:00Z", "2026-03-30T00:30:00Z");
    assertOpensNext(night, "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z");
    assertOpensNext(night, "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z");
  }

  @Test
  void window_whenItIsImpossible_isRefused() {
    assertThatThrownBy(() -> MaintenanceWindow.daily(LocalTime.NOON, Duration.ZERO, ZoneOffset.UTC))
        .hasMessageContaining("0 seconds");
    assertThatThrownBy(
            () -> MaintenanceWindow.daily(LocalTime.NOON, Duration.ofDays(2), ZoneOffset.UTC))
        .hasMessageContaining("2 days");
    assertThatThrownBy(
            () ->
                MaintenanceWindow.weekly(
                    Set.of(), LocalTime.NOON, Duration.ofHours(1), ZoneOffset.UTC))
        .hasMessageContaining("at least one day");
  }

  @Test
  void always_isOpen() {
    assertOpen(MaintenanceWindow.always(), "2026-11-24T22:59:59Z");
  }
}
