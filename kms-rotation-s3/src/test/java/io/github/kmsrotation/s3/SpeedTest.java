package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SpeedTest {

  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");
  private final Speed speed = new Speed();

  @Test
  void speed_isThatOfTheLastMinute() {
    speed.note(START, 0);
    speed.note(START.plusSeconds(100), 100);
    speed.note(START.plusSeconds(130), 700);
    speed.note(START.plusSeconds(160), 1_300);

    assertThat(speed.perSecond()).isEqualTo(20);
    assertThat(speed.endOf(OptionalLong.of(2_300))).contains(START.plusSeconds(210));
  }

  @Test
  void speed_ofOneNote_orOfNone_isNotKnown() {
    assertThat(speed.perSecond()).isZero();
    speed.note(START, 5_000);
    assertThat(speed.perSecond()).isZero();
    assertThat(speed.endOf(OptionalLong.of(6_000))).isEmpty();
  }

  @Test
  void speed_ofBatchesLongerThanAMinute_isThatOfTheLast() {
    speed.note(START, 0);
    speed.note(START.plusSeconds(300), 300);
    speed.note(START.plusSeconds(600), 900);

    assertThat(speed.perSecond()).isEqualTo(2);
  }

  @Test
  void end_ofWhatNobodyHasCounted_isNotKnown() {
    speed.note(START, 0);
    speed.note(START.plusSeconds(1), 10);

    assertThat(speed.endOf(OptionalLong.empty())).isEmpty();
  }

  @Test
  void clock_whichIsPutBack_beginsAnew() {
    speed.note(START, 0);
    speed.note(START.minusSeconds(60), 10);
    assertThat(speed.perSecond()).isZero();

    speed.note(START.minusSeconds(50), 30);
    assertThat(speed.perSecond()).isEqualTo(2);
  }
}
