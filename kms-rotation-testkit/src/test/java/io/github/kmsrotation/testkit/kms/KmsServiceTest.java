package io.github.kmsrotation.testkit.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KmsServiceTest {

  private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");
  private static final Pattern READS =
      Pattern.compile(
          "(Describe|List|Get|Generate|Verify)[A-Za-z]*|Encrypt|Decrypt|ReEncrypt|Sign");

  private final Map<String, Operation> operations =
      new KmsService("111122223333", new Timeline(TestClock.manual(NOW), Duration.ZERO), false)
          .operations();

  @Test
  void operations_thatChangeAnything_areFlaggedAsMutating() {
    assertThat(operations).hasSize(50);
    operations.forEach(
        (name, operation) ->
            assertThat(operation.isMutating()).as(name).isEqualTo(!READS.matcher(name).matches()));
  }

  @Test
  void secrets_areNotPrinted() {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) 0x5a);
    Secret secret = Secret.of(KeySpecs.SYMMETRIC, bytes);
    WrappingKey wrapping =
        new WrappingKey("arn", Secret.generatePair("RSA_2048"), "RSAES_OAEP_SHA_256", NOW);

    assertThat(secret).hasToString("(secret)");
    assertThat(new Material("id", secret, NOW, ""))
        .hasToString("Material[id=id, secret=(secret), since=" + NOW + ", rotationType=]");
    assertThat(wrapping).hasToString("RSAES_OAEP_SHA_256 for arn");
  }
}
