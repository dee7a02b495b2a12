package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.services.kms.model.KmsException;

/** Five keys a second, as AWS has it. */
class EmbeddedKmsRequestQuotasTest {

  private static final int KEYS_A_SECOND = 5;

  private final EmbeddedAws aws =
      EmbeddedAws.builder()
          .clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")))
          .requestQuotas()
          .start();
  private final KmsClient kms = Clients.of(withoutRetries(), aws);

  private static KmsClientBuilder withoutRetries() {
    return KmsClient.builder()
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  @AfterEach
  void close() {
    kms.close();
    aws.close();
  }

  private List<String> createKeys(int number) {
    return IntStream.range(0, number)
        .mapToObj(n -> kms.createKey(r -> r.multiRegion(true)).keyMetadata().arn())
        .toList();
  }

  private void assertThrottled(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            KmsException.class,
            e -> {
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ThrottlingException");
              assertThat(e.statusCode()).isEqualTo(400);
            });
  }

  @Test
  void createKey_beyondItsQuota_isThrottledUntilTheNextSecond() {
    createKeys(KEYS_A_SECOND);

    assertThrottled(() -> createKeys(1));
    aws.clock().advance(Duration.ofSeconds(1));

    assertThat(createKeys(KEYS_A_SECOND)).hasSize(KEYS_A_SECOND);
    assertThat(kms.listKeys().keys()).hasSize(2 * KEYS_A_SECOND);
  }

  @Test
  void quotas_areOfAnOperationInARegion() {
    List<String> keys = createKeys(KEYS_A_SECOND);

    assertThat(kms.describeKey(r -> r.keyId(keys.get(0))).keyMetadata().enabled()).isTrue();
    try (KmsClient elsewhere = Clients.of(withoutRetries(), aws.endpoint(), "eu-west-1")) {
      assertThat(elsewhere.createKey().keyMetadata().arn()).contains(":eu-west-1:");
    }
  }

  @Test
  void replicateKey_countsAsTwoCreationsThere() {
    List<String> keys = createKeys(3);
    String replicaRegion = "eu-west-1";
    keys.subList(0, 2)
        .forEach(key -> kms.replicateKey(r -> r.keyId(key).replicaRegion(replicaRegion)));

    assertThrottled(() -> kms.replicateKey(r -> r.keyId(keys.get(2)).replicaRegion(replicaRegion)));
  }
}
