package io.github.kmsrotation.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void describe_saysWhatIsKnown() {
    Progress progress =
        new Progress(
            5_000,
            OptionalLong.of(12_000),
            1_048_576,
            899.6,
            Optional.of(Instant.parse("2026-11-24T08:00:07.8Z")));

    assertThat(progress.describe())
        .isEqualTo(
            "5,000 of 12,000 objects, 1,048,576 bytes, 900 a second, done at about 2026-11-24"
                + " 08:00:07 UTC");
  }

  @Test
  void describe_saysNothingOfWhatIsNotKnown() {
    Progress progress = new Progress(5_000, OptionalLong.empty(), 0, 0, Optional.empty());

    assertThat(progress.describe()).isEqualTo("5,000 objects, 0 bytes");
  }
}
