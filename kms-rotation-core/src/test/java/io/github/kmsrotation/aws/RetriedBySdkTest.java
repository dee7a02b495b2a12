package io.github.kmsrotation.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.testkit.EmbeddedAws;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.EnableKeyRotationResponse;

/** What the SDK sent by itself before it gave up counts, too. */
class RetriedBySdkTest {

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final KmsClient kms =
      KmsClient.builder()
          .endpointOverride(aws.endpoint())
          .region(Region.of(aws.region()))
          .overrideConfiguration(o -> o.retryStrategy(RetryMode.STANDARD))
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
          .build();
  private final String key = kms.createKey().keyMetadata().arn();
  private final AwsCalls calls = new AwsCalls(AwsCallSettings.ofDefaults());

  @AfterEach
  void close() {
    kms.close();
    aws.close();
  }

  private EnableKeyRotationResponse enable() {
    return calls.mutate("kms:EnableKeyRotation", () -> kms.enableKeyRotation(r -> r.keyId(key)));
  }

  private boolean isEnabled() {
    return kms.getKeyRotationStatus(r -> r.keyId(key)).keyRotationEnabled();
  }

  @Test
  void mutate_whoseAnswerIsLostAndWhoseSecondTryIsDenied_mayHaveTakenEffect() {
    aws.faults().on("EnableKeyRotation").nth(1).dropAfter();
    aws.faults().on("EnableKeyRotation").nth(1).error("AccessDeniedException", 400);

    assertThatThrownBy(this::enable)
        .isInstanceOf(UnknownOutcomeException.class)
        .hasMessageContaining("kms:EnableKeyRotation was sent 2 times by the SDK")
        .hasMessageContaining("an earlier one may have taken effect");
    assertThat(isEnabled()).isTrue();
  }

  @Test
  void mutate_thatIsDeniedAtOnce_didNotTakeEffect() {
    aws.faults().on("EnableKeyRotation").nth(1).error("AccessDeniedException", 400);

    assertThatThrownBy(this::enable).isInstanceOf(MissingPermissionException.class);
    assertThat(isEnabled()).isFalse();
  }
}
