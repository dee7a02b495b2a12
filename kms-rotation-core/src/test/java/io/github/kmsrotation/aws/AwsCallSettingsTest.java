package io.github.kmsrotation.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AwsCallSettingsTest {

  @Test
  void defaults_rideOutAMinuteAsTheyPromise() {
    AwsCallSettings settings = AwsCallSettings.ofDefaults();
    long millis = 0;
    long pause = settings.firstPause().toMillis();
    for (int attempt = 1; attempt < settings.maxAttempts(); attempt++) {
      millis += Math.min(pause, settings.longestPause().toMillis());
      pause *= 2;
    }
    assertThat(millis / 1000)
        .as("seconds between the first and the last attempt")
        .isBetween(60L, 90L);
  }
}
