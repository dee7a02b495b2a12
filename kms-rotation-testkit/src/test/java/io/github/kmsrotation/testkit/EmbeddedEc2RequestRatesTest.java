package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.Ec2ClientBuilder;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;

/** A bucket of tokens for each API of a Region, as AWS has it. */
class EmbeddedEc2RequestRatesTest {

  private final EmbeddedAws aws =
      EmbeddedAws.builder()
          .clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")))
          .requestQuotas()
          .start();
  private final Ec2Client ec2 = Clients.of(withoutRetries(), aws);

  private static Ec2ClientBuilder withoutRetries() {
    return Ec2Client.builder()
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  @AfterEach
  void close() {
    ec2.close();
    aws.close();
  }

  private int untilThrottled(Runnable call) {
    for (int calls = 0; calls < 2_000; calls++) {
      try {
        call.run();
      } catch (Ec2Exception e) {
        assertThat(e.awsErrorDetails().errorCode()).isEqualTo("RequestLimitExceeded");
        return calls;
      }
    }
    return 2_000;
  }

  private void createVolume() {
    ec2.createVolume(r -> r.availabilityZone(aws.region() + "a").size(1).volumeType("gp3"));
  }

  @Test
  void createVolume_passes100AtOnceAndThen5ASecond() {
    assertThat(untilThrottled(this::createVolume)).isEqualTo(100);
    aws.clock().advance(Duration.ofSeconds(3));
    assertThat(untilThrottled(this::createVolume)).isEqualTo(15);
    assertThat(ec2.describeVolumes().volumes()).hasSize(115);
  }

  @Test
  void otherApis_haveBucketsOfTheirOwn() {
    untilThrottled(this::createVolume);

    assertThat(untilThrottled(() -> ec2.describeVolumes(r -> r.maxResults(5)))).isEqualTo(100);
    assertThat(untilThrottled(ec2::describeVolumes)).as("unfiltered").isEqualTo(50);
    assertThat(untilThrottled(() -> ec2.enableEbsEncryptionByDefault(r -> {}))).isEqualTo(50);
    try (Ec2Client elsewhere = Clients.of(withoutRetries(), aws.endpoint(), "eu-west-1")) {
      assertThat(elsewhere.describeVolumes().volumes()).isEmpty();
    }
  }

  @Test
  void stopInstances_takesATokenForEachInstanceToo() {
    ec2.enableEbsEncryptionByDefault(r -> {});
    List<String> ids =
        ec2
            .runInstances(
                r ->
                    r.imageId(aws.ec2().ebsImage("x86_64"))
                        .instanceType("m5.large")
                        .minCount(20)
                        .maxCount(20))
            .instances()
            .stream()
            .map(Instance::instanceId)
            .toList();
    aws.clock().advance(Duration.ofMinutes(5));
    assertThat(untilThrottled(() -> ec2.stopInstances(r -> r.instanceIds(ids)))).isEqualTo(50);

    aws.clock().advance(Duration.ofSeconds(1));

    assertThat(untilThrottled(() -> ec2.stopInstances(r -> r.instanceIds(ids))))
        .as("5 calls by its rate, 20 instances by theirs")
        .isEqualTo(1);
  }
}
