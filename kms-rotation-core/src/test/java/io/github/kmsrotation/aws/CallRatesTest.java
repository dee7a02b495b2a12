package io.github.kmsrotation.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Calls pass right under the rates that AWS documents. */
class CallRatesTest {

  private static final String CREATE = "ec2:CreateVolume";

  private Instant now = Instant.parse("2026-11-24T08:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  private void turn(Duration by) {
    now = now.plus(by);
  }

  private AwsCalls calls(AwsCallSettings settings) {
    return new AwsCalls(settings, clock, this::turn);
  }

  private Duration timeOf(int number, AwsCalls calls, String operation) {
    Instant before = clock.instant();
    for (int call = 0; call < number; call++) {
      assertThat(calls.<Integer>mutate(operation, () -> 1)).isEqualTo(1);
    }
    return Duration.between(before, clock.instant());
  }

  @Test
  void calls_ofAnEc2Api_passAtFourFifthsOfItsRateAfterFourFifthsOfItsBucket() {
    AwsCalls calls = calls(AwsCallSettings.builder().callsPerSecond(10_000).build());

    assertThat(timeOf(80, calls, CREATE)).isZero();
    assertThat(timeOf(40, calls, CREATE))
        .isBetween(Duration.ofSeconds(10), Duration.ofMillis(10_001));
  }

  @Test
  void calls_ofOneApi_doNotHoldUpThoseOfAnother() {
    AwsCalls calls = calls(AwsCallSettings.builder().callsPerSecond(10_000).build());

    timeOf(80, calls, CREATE);

    assertThat(timeOf(80, calls, "ec2:DeleteVolume")).isZero();
  }

  @Test
  void calls_allTogether_passAtTheRateForAll() {
    AwsCalls calls = calls(AwsCallSettings.ofDefaults());

    assertThat(timeOf(150, calls, "rds:CopyDBSnapshot"))
        .isBetween(Duration.ofSeconds(2), Duration.ofMillis(2_001));
  }

  @Test
  void rateOf_isWhatWasSetOrAShareOfWhatAwsDocuments() {
    AwsCallSettings settings =
        AwsCallSettings.builder()
            .shareOfDocumentedRates(0.5)
            .rate("rds:CopyDBSnapshot", new CallRate(0.5, 2))
            .build();

    assertThat(settings.rateOf("rds:CopyDBSnapshot")).contains(new CallRate(0.5, 2));
    assertThat(settings.rateOf("ec2:CreateVolume")).contains(new CallRate(2.5, 50));
    assertThat(settings.rateOf("ec2:DescribeVolumes")).contains(new CallRate(10, 50));
    assertThat(settings.rateOf("ec2:AttachVolume")).contains(new CallRate(2.5, 25));
    assertThat(settings.rateOf("kms:CreateKey")).contains(new CallRate(2.5, 2));
    assertThat(settings.rateOf("kms:GetParametersForImport")).contains(new CallRate(0.5, 1));
    assertThat(settings.rateOf("rds:CreateDBSnapshot")).isEmpty();
  }

  @Test
  void call_whoseTurnIsFarOff_isNotSentAndLosesNobodyElsesTurn() {
    AwsCalls calls =
        calls(
            AwsCallSettings.builder().maxAttempts(1).rate(CREATE, new CallRate(0.001, 1)).build());
    AtomicInteger sent = new AtomicInteger();
    calls.mutate(CREATE, sent::incrementAndGet);

    assertThatThrownBy(() -> calls.mutate(CREATE, sent::incrementAndGet))
        .isInstanceOf(AwsUnavailableException.class)
        .hasMessageContaining("ec2:CreateVolume was not sent")
        .hasMessageContaining("its turn is in 1000 s")
        .hasMessageContaining("Nothing was changed");
    turn(Duration.ofSeconds(1_000));

    assertThat(calls.<Integer>mutate(CREATE, sent::incrementAndGet)).isEqualTo(2);
  }

  @Test
  void call_whoseThreadIsInterrupted_isNotSent() {
    AwsCalls calls =
        new AwsCalls(
            AwsCallSettings.builder().rate(CREATE, new CallRate(1, 1)).build(),
            clock,
            duration -> {
              throw new InterruptedException();
            });
    AtomicInteger sent = new AtomicInteger();
    calls.mutate(CREATE, sent::incrementAndGet);

    assertThatThrownBy(() -> calls.mutate(CREATE, sent::incrementAndGet))
        .isInstanceOf(AwsUnavailableException.class)
        .hasMessageContaining("the thread was interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(sent).hasValue(1);
  }

  @Test
  void clock_thatIsPutBack_givesNoTokenAndTakesNone() {
    AwsCalls calls = calls(AwsCallSettings.builder().rate(CREATE, new CallRate(1, 1)).build());
    timeOf(1, calls, CREATE);

    turn(Duration.ofDays(-1));

    assertThat(timeOf(3, calls, CREATE)).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_001));
  }

  @Test
  void rate_thatIsNone_isRejected() {
    assertThatThrownBy(() -> new CallRate(0, 1)).hasMessageContaining("perSecond");
    assertThatThrownBy(() -> new CallRate(Double.NaN, 1)).hasMessageContaining("perSecond");
    assertThatThrownBy(() -> new CallRate(1, 0)).hasMessageContaining("burst must be 1");
    assertThatThrownBy(() -> AwsCallSettings.builder().shareOfDocumentedRates(0))
        .hasMessageContaining("share must be more than 0");
  }
}
