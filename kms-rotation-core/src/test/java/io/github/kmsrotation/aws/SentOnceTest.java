package io.github.kmsrotation.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.EmbeddedAws;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/** A client with the SDK's own retries, and a call whose answer is lost. */
class SentOnceTest {

  private final EmbeddedAws aws = EmbeddedAws.start();
  private final KmsClient kms =
      KmsClient.builder()
          .endpointOverride(aws.endpoint())
          .region(Region.of(aws.region()))
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
          .build();

  @AfterEach
  void close() {
    kms.close();
    aws.close();
  }

  @Test
  void override_whenTheAnswerIsLost_hasTheRequestSentOnce() {
    aws.faults().on("CreateKey").dropAfter();

    assertThatThrownBy(() -> kms.createKey(r -> r.overrideConfiguration(SentOnce.override())))
        .isInstanceOf(SdkClientException.class);

    assertThat(aws.calls().of("CreateKey")).hasSize(1);
  }

  @Test
  void withoutIt_whenTheAnswerIsLost_theClientMakesASecondKey() {
    aws.faults().on("CreateKey").dropAfter();

    kms.createKey();

    assertThat(aws.calls().of("CreateKey")).hasSizeGreaterThan(1);
    assertThat(kms.listKeys().keys()).hasSize(2);
  }
}
