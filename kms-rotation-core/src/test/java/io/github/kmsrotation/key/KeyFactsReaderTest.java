package io.github.kmsrotation.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.aws.AwsUnavailableException;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.error.UnknownKeyException;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

class KeyFactsReaderTest {

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final KmsClient kms =
      KmsClient.builder()
          .endpointOverride(aws.endpoint())
          .region(Region.of(aws.region()))
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
          .build();
  private final KeyFactsReader reader =
      new KeyFactsReader(
          kms,
          new AwsCalls(
              AwsCallSettings.builder()
                  .maxAttempts(3)
                  .firstPause(Duration.ofMillis(1))
                  .longestPause(Duration.ofMillis(2))
                  .build()));

  @AfterEach
  void close() {
    kms.close();
    aws.close();
  }

  @Test
  void read_ofACustomerManagedKey_tellsItsScheduleAndHistory() {
    String arn = kms.createKey().keyMetadata().arn();
    kms.createAlias(r -> r.aliasName("alias/orders").targetKeyId(arn));
    kms.enableKeyRotation(r -> r.keyId(arn).rotationPeriodInDays(90));
    aws.clock().advance(Duration.ofDays(91));
    kms.rotateKeyOnDemand(r -> r.keyId(arn));

    KeyFacts facts = reader.read("alias/orders");

    assertThat(facts.arn().value()).isEqualTo(arn);
    assertThat(facts.manager()).isEqualTo(KeyManager.CUSTOMER);
    assertThat(facts.origin()).isEqualTo(KeyOrigin.AWS_KMS);
    assertThat(facts.kind()).isEqualTo(KeyKind.SYMMETRIC_ENCRYPTION);
    assertThat(facts.state()).isEqualTo(KeyState.ENABLED);
    assertThat(facts.schedule().periodInDays()).contains(90);
    assertThat(facts.schedule().onDemandSince()).contains(aws.clock().instant());
    assertThat(facts.history()).singleElement().matches(rotation -> !rotation.onDemand());
  }

  @Test
  void read_byIdArnOrAlias_findsTheSameKey() {
    var metadata = kms.createKey().keyMetadata();
    kms.createAlias(r -> r.aliasName("alias/orders").targetKeyId(metadata.keyId()));
    String aliasArn = metadata.arn().replaceAll("key/.*", "alias/orders");

    assertThat(reader.read(metadata.keyId()))
        .isEqualTo(reader.read(metadata.arn()))
        .isEqualTo(reader.read("alias/orders"))
        .isEqualTo(reader.read(aliasArn));
  }

  @Test
  void read_ofAnAwsManagedKey_doesNotAskWhatAwsMayRefuse() {
    KeyFacts facts = reader.read("alias/aws/rds");

    assertThat(facts.manager()).isEqualTo(KeyManager.AWS_MANAGED);
    assertThat(aws.calls().all())
        .extracting(call -> call.operation())
        .containsExactly("DescribeKey");
  }

  @Test
  void read_ofAnAsymmetricPendingOrDisabledKey_tellsKindAndState() {
    String rsa =
        kms.createKey(r -> r.keySpec("RSA_2048").keyUsage("SIGN_VERIFY")).keyMetadata().arn();
    String hmac =
        kms.createKey(r -> r.keySpec("HMAC_256").keyUsage("GENERATE_VERIFY_MAC"))
            .keyMetadata()
            .arn();
    String imported = kms.createKey(r -> r.origin("EXTERNAL")).keyMetadata().arn();
    kms.disableKey(r -> r.keyId(rsa));

    assertThat(reader.read(rsa).kind()).isEqualTo(KeyKind.ASYMMETRIC);
    assertThat(reader.read(rsa).state()).isEqualTo(KeyState.DISABLED);
    assertThat(reader.read(hmac).kind()).isEqualTo(KeyKind.HMAC);
    assertThat(reader.read(imported).origin()).isEqualTo(KeyOrigin.EXTERNAL);
    assertThat(reader.read(imported).state()).isEqualTo(KeyState.PENDING_IMPORT);
  }

  @Test
  void read_whenThereIsNoSuchKey_saysWhereItLooked() {
    assertThatThrownBy(() -> reader.read("alias/none"))
        .isInstanceOf(UnknownKeyException.class)
        .hasMessageContaining("alias/none");
    assertThatThrownBy(
            () ->
                reader.read(
                    "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000001"))
        .isInstanceOf(UnknownKeyException.class);
  }

  @Test
  void read_whenDenied_namesTheOperation() {
    aws.faults().on("DescribeKey").error("AccessDeniedException", 400);

    assertThatThrownBy(() -> reader.read("alias/any"))
        .isInstanceOf(MissingPermissionException.class)
        .hasMessageContaining("kms:DescribeKey");
  }

  @Test
  void read_whenAwsKeepsFailing_givesUpAndSaysSo() {
    aws.faults().on("DescribeKey").times(100).error("KMSInternalException", 500);

    assertThatThrownBy(() -> reader.read("alias/any")).isInstanceOf(AwsUnavailableException.class);
  }
}
