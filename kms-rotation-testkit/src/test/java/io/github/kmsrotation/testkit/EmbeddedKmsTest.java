package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.HttpURLConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.ConflictException;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.LimitExceededException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.UnsupportedOperationException;

class EmbeddedKmsTest extends KmsFixture {

  private final String key = kms.createKey().keyMetadata().arn();

  private SdkBytes encrypt() {
    return encrypt(key);
  }

  @Test
  void decrypt_afterRotationOnDemand_stillOpensWhatTheFormerMaterialSealed() {
    SdkBytes before = encrypt();
    String material = kms.describeKey(r -> r.keyId(key)).keyMetadata().currentKeyMaterialId();

    kms.rotateKeyOnDemand(r -> r.keyId(key));
    assertThat(kms.getKeyRotationStatus(r -> r.keyId(key)).onDemandRotationStartDate()).isNotNull();
    assertThatThrownBy(() -> kms.rotateKeyOnDemand(r -> r.keyId(key)))
        .isInstanceOf(ConflictException.class);
    aws.clock().advance(Duration.ofMinutes(5));

    assertThat(kms.describeKey(r -> r.keyId(key)).keyMetadata().currentKeyMaterialId())
        .isNotEqualTo(material);
    assertThat(decrypt(before)).isEqualTo(SECRET);
    assertThat(decrypt(encrypt())).isEqualTo(SECRET);
    assertThat(kms.listKeyRotations(r -> r.keyId(key)).rotations()).hasSize(1);
  }

  @Test
  void rotateKeyOnDemand_withinTwentyMinutesOfAnAutomaticRotation_isRefused() {
    kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(90));
    aws.clock().advance(Duration.ofDays(90).minusMinutes(10));
    assertThatThrownBy(() -> kms.rotateKeyOnDemand(r -> r.keyId(key)))
        .isInstanceOf(ConflictException.class);

    aws.clock().advance(Duration.ofMinutes(11));
    kms.rotateKeyOnDemand(r -> r.keyId(key));
    aws.clock().advance(Duration.ofMinutes(5));

    assertThat(kms.listKeyRotations(r -> r.keyId(key)).rotations())
        .extracting(rotation -> rotation.rotationTypeAsString())
        .containsExactly("AUTOMATIC", "ON_DEMAND");
  }

  @Test
  void rotateKeyOnDemand_afterTwentyFive_isRefused() {
    for (int i = 0; i < 25; i++) {
      kms.rotateKeyOnDemand(r -> r.keyId(key));
      aws.clock().advance(Duration.ofMinutes(5));
    }

    assertThatThrownBy(() -> kms.rotateKeyOnDemand(r -> r.keyId(key)))
        .isInstanceOf(LimitExceededException.class);
  }

  @Test
  void automaticRotation_whenTimePasses_happensByTheClock() {
    kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(90));
    aws.clock().advance(Duration.ofDays(181));

    assertThat(kms.listKeyRotations(r -> r.keyId(key)).rotations())
        .extracting(rotation -> rotation.rotationTypeAsString())
        .containsExactly("AUTOMATIC", "AUTOMATIC");
  }

  @Test
  void encrypt_whenTheKeyIsDisabledOrPendingDeletion_isRefused() {
    SdkBytes ciphertext = encrypt();
    kms.disableKey(r -> r.keyId(key));
    assertThatThrownBy(this::encrypt).isInstanceOf(DisabledException.class);
    assertThatThrownBy(() -> decrypt(ciphertext)).isInstanceOf(DisabledException.class);

    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
    assertThatThrownBy(this::encrypt).isInstanceOf(KmsInvalidStateException.class);

    aws.clock().advance(Duration.ofDays(8));
    assertThatThrownBy(this::encrypt).isInstanceOf(NotFoundException.class);
  }

  @Test
  void decrypt_whenTheContextOrAByteDiffers_isRefused() {
    SdkBytes ciphertext =
        kms.encrypt(
                r -> r.keyId(key).plaintext(SECRET).encryptionContext(java.util.Map.of("a", "b")))
            .ciphertextBlob();
    assertThatThrownBy(() -> decrypt(ciphertext)).isInstanceOf(InvalidCiphertextException.class);

    byte[] changed = encrypt().asByteArray();
    changed[changed.length - 1] ^= 1;
    assertThatThrownBy(() -> decrypt(SdkBytes.fromByteArray(changed)))
        .isInstanceOf(InvalidCiphertextException.class);
  }

  @Test
  void describeKey_fromAnotherRegion_findsNothing() {
    KmsClient elsewhere = client("us-east-1");

    assertThatThrownBy(() -> elsewhere.describeKey(r -> r.keyId(key)))
        .isInstanceOf(NotFoundException.class);
    assertThat(elsewhere.listKeys().keys()).isEmpty();
  }

  @Test
  void awsManagedKey_isThereWhenAskedForAndCannotBeChanged() {
    String arn = kms.describeKey(r -> r.keyId("alias/aws/rds")).keyMetadata().arn();

    assertThat(kms.describeKey(r -> r.keyId(arn)).keyMetadata().keyManagerAsString())
        .isEqualTo("AWS");
    assertThatThrownBy(() -> kms.disableKey(r -> r.keyId(arn)))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("AWS managed");
  }

  @Test
  void enableKeyRotation_outOfRangeOrForAnotherKind_isRefused() {
    assertThatThrownBy(() -> kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(89)))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("between 90 and 2560");
    String rsa =
        kms.createKey(r -> r.keySpec("RSA_2048").keyUsage("SIGN_VERIFY")).keyMetadata().arn();
    assertThatThrownBy(() -> kms.enableKeyRotation(r -> r.keyId(rsa)))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void listKeys_whenThereAreMoreThanAPage_goesOnAtTheMarker() {
    for (int i = 0; i < 7; i++) {
      kms.createKey();
    }
    assertThat(kms.listKeysPaginator(r -> r.limit(3)).keys().stream()).hasSize(8);
  }

  @Test
  void call_whenUnsigned_isRefused() throws java.io.IOException {
    HttpURLConnection connection = (HttpURLConnection) aws.endpoint().toURL().openConnection();

    assertThat(connection.getResponseCode()).isEqualTo(403);
  }

  @Test
  void operation_thatIsNotModelled_failsLoudly() {
    assertThatThrownBy(() -> kms.generateDataKeyPair(r -> r.keyId(key).keyPairSpec("RSA_2048")))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("does not model");
  }

  @Test
  void dropAfter_whenTheSdkTriesAgain_showsThatTheFirstCallTookEffect() {
    int keys = kms.listKeys().keys().size();
    aws.faults().on("CreateKey").dropAfter();

    kms.createKey();

    assertThat(kms.listKeys().keys()).hasSize(keys + 2);
    assertThat(aws.calls().of("CreateKey"))
        .extracting(call -> call.outcome())
        .containsExactly("ok", "dropped", "ok");
  }

  @Test
  void dropBefore_whenTheSdkTriesAgain_hasNoEffect() {
    int keys = kms.listKeys().keys().size();
    aws.faults().on("CreateKey").dropBefore();

    kms.createKey();

    assertThat(kms.listKeys().keys()).hasSize(keys + 1);
    assertThat(aws.faults().fired()).isEqualTo(1);
  }

  @Test
  void throttle_isToldWithTheCodeOfAws() {
    aws.faults().on("ListKeys").times(10).throttle();

    assertThatThrownBy(kms::listKeys)
        .isInstanceOfSatisfying(
            KmsException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ThrottlingException"));
  }
}
