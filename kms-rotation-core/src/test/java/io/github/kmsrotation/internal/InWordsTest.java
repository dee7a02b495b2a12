package io.github.kmsrotation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InWordsTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 seconds",
    "PT1S, 1 second",
    "PT0.25S, 0.25 seconds",
    "PT1M, 1 minute",
    "PT1H, 1 hour",
    "PT168H, 7 days",
    "PT59M59S, 59 min 59 s",
    "P365DT1S, 365 d 1 s",
    "PT36H0.000000001S, 1 d 12 h 0.000000001 s",
    "PT-1H, minus 1 hour",
  })
  void exactly_leavesNothingOut(Duration duration, String words) {
    assertThat(InWords.exactly(duration)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0.4S, 0 seconds",
    "PT9M59.4S, 9 min 59 s",
    "PT54M12.345S, 54 minutes",
    "PT59M31S, 1 hour",
    "PT29308S, 8 h 8 min",
    "PT23H59M40S, 1 day",
    "P6DT23H20M, 6 d 23 h",
    "P6DT23H59M59.9S, 7 days",
    "PT-54M-12S, minus 54 minutes",
  })
  void about_roundsToWhatSomebodyWantsToKnow(Duration duration, String words) {
    assertThat(InWords.about(duration)).isEqualTo(words);
  }

  @Test
  void at_isATimeOfUtcToTheSecond() {
    assertThat(InWords.at(Instant.parse("2026-11-24T08:00:59.999Z")))
        .isEqualTo("2026-11-24 08:00:59 UTC");
  }
}
