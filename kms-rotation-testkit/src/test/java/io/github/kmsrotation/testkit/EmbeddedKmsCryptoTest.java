package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.GetKeyLastUsageResponse;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.InvalidKeyUsageException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidMacException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.ReEncryptResponse;
import software.amazon.awssdk.services.kms.model.UnsupportedOperationException;

class EmbeddedKmsCryptoTest extends KmsFixture {

  private final String key = kms.createKey().keyMetadata().arn();

  private String create(String spec, String usage) {
    return kms.createKey(r -> r.keySpec(spec).keyUsage(usage)).keyMetadata().arn();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, RSASSA_PKCS1_V1_5_SHA_384, SHA384withRSA, RSA",
    "ECC_NIST_P256, ECDSA_SHA_256, SHA256withECDSA, EC",
    "ECC_NIST_P521, ECDSA_SHA_512, SHA512withECDSA, EC",
    "ECC_NIST_EDWARDS25519, ED25519_SHA_512, Ed25519, Ed25519"
  })
  void sign_canBeVerifiedWithThePublicKeyAlone(
      String spec, String algorithm, String jdkAlgorithm, String family) throws Exception {
    String signing = create(spec, "SIGN_VERIFY");
    SdkBytes signature =
        kms.sign(r -> r.keyId(signing).message(SECRET).signingAlgorithm(algorithm)).signature();
    byte[] publicKey = kms.getPublicKey(r -> r.keyId(signing)).publicKey().asByteArray();

    Signature verification = Signature.getInstance(jdkAlgorithm);
    verification.initVerify(
        KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(publicKey)));
    verification.update(SECRET.asByteArray());
    assertThat(verification.verify(signature.asByteArray())).isTrue();
    assertThat(describe(signing).signingAlgorithmsAsStrings()).contains(algorithm);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, RSASSA_PKCS1_V1_5_SHA_256",
    "RSA_2048, RSASSA_PSS_SHA_256",
    "ECC_NIST_P256, ECDSA_SHA_256"
  })
  void sign_ofADigest_isTheSignatureOfItsMessage(String spec, String algorithm) throws Exception {
    String signing = create(spec, "SIGN_VERIFY");
    SdkBytes digest =
        SdkBytes.fromByteArray(MessageDigest.getInstance("SHA-256").digest(SECRET.asByteArray()));
    SdkBytes signature =
        kms.sign(
                r ->
                    r.keyId(signing)
                        .message(digest)
                        .messageType(MessageType.DIGEST)
                        .signingAlgorithm(algorithm))
            .signature();

    assertThat(
            kms.verify(
                    r ->
                        r.keyId(signing)
                            .message(SECRET)
                            .signature(signature)
                            .signingAlgorithm(algorithm))
                .signatureValid())
        .isTrue();
    assertThat(
            kms.verify(
                    r ->
                        r.keyId(signing)
                            .message(digest)
                            .messageType(MessageType.DIGEST)
                            .signature(signature)
                            .signingAlgorithm(algorithm))
                .signatureValid())
        .isTrue();
    assertThatThrownBy(
            () ->
                kms.sign(
                    r ->
                        r.keyId(signing)
                            .message(SECRET)
                            .messageType(MessageType.DIGEST)
                            .signingAlgorithm(algorithm)))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("Digest is invalid length");
  }

  @Test
  void ed25519_signsMessagesOrDigestsDependingOnTheAlgorithm() {
    String signing = create("ECC_NIST_EDWARDS25519", "SIGN_VERIFY");
    SdkBytes digest = SdkBytes.fromByteArray(new byte[64]);
    SdkBytes signature =
        kms.sign(
                r ->
                    r.keyId(signing)
                        .message(digest)
                        .messageType(MessageType.DIGEST)
                        .signingAlgorithm("ED25519_PH_SHA_512"))
            .signature();

    assertThat(
            kms.verify(
                    r ->
                        r.keyId(signing)
                            .message(digest)
                            .messageType(MessageType.DIGEST)
                            .signature(signature)
                            .signingAlgorithm("ED25519_PH_SHA_512"))
                .signatureValid())
        .isTrue();
    assertThatThrownBy(
            () ->
                kms.sign(
                    r -> r.keyId(signing).message(digest).signingAlgorithm("ED25519_PH_SHA_512")))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("requires MessageType DIGEST");
  }

  @Test
  void verify_ofAnotherMessage_isRefused() {
    String signing = create("RSA_2048", "SIGN_VERIFY");
    SdkBytes signature =
        kms.sign(r -> r.keyId(signing).message(SECRET).signingAlgorithm("RSASSA_PSS_SHA_256"))
            .signature();

    assertThat(
            kms.verify(
                    r ->
                        r.keyId(signing)
                            .message(SECRET)
                            .signature(signature)
                            .signingAlgorithm("RSASSA_PSS_SHA_256"))
                .signatureValid())
        .isTrue();
    assertThatThrownBy(
            () ->
                kms.verify(
                    r ->
                        r.keyId(signing)
                            .message(SdkBytes.fromUtf8String("other"))
                            .signature(signature)
                            .signingAlgorithm("RSASSA_PSS_SHA_256")))
        .isInstanceOf(KmsInvalidSignatureException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, RSASSA_PKCS1_V1_5_SHA_256",
    "RSA_2048, RSASSA_PSS_SHA_256",
    "ECC_NIST_P256, ECDSA_SHA_256"
  })
  void verify_ofWhatIsNoSignatureOfTheDigest_isRefused(String spec, String algorithm) {
    String signing = create(spec, "SIGN_VERIFY");
    byte[] tooGreat = new byte[256];
    Arrays.fill(tooGreat, (byte) 0xff);
    for (byte[] given : new byte[][] {new byte[256], tooGreat, new byte[] {1}}) {
      assertThatThrownBy(
              () ->
                  kms.verify(
                      r ->
                          r.keyId(signing)
                              .message(SdkBytes.fromByteArray(new byte[32]))
                              .messageType(MessageType.DIGEST)
                              .signature(SdkBytes.fromByteArray(given))
                              .signingAlgorithm(algorithm)))
          .isInstanceOf(KmsInvalidSignatureException.class);
    }
  }

  @Test
  void key_usedForWhatItIsNotFor_isRefused() {
    String signing = create("ECC_NIST_P256", "SIGN_VERIFY");

    assertThatThrownBy(() -> encrypt(signing)).isInstanceOf(InvalidKeyUsageException.class);
    assertThatThrownBy(
            () -> kms.sign(r -> r.keyId(key).message(SECRET).signingAlgorithm("ECDSA_SHA_256")))
        .isInstanceOf(InvalidKeyUsageException.class);
    assertThatThrownBy(
            () -> kms.sign(r -> r.keyId(signing).message(SECRET).signingAlgorithm("ECDSA_SHA_384")))
        .isInstanceOf(InvalidKeyUsageException.class);
    assertThatThrownBy(() -> kms.getPublicKey(r -> r.keyId(key)))
        .isInstanceOf(UnsupportedOperationException.class);
    kms.disableKey(r -> r.keyId(signing));
    assertThatThrownBy(() -> kms.getPublicKey(r -> r.keyId(signing)))
        .isInstanceOf(DisabledException.class);
  }

  @Test
  void rsaKey_encryptsUpToItsLength_andItsCiphertextDoesNotNameIt() {
    String rsa = create("RSA_2048", "ENCRYPT_DECRYPT");
    SdkBytes ciphertext =
        kms.encrypt(r -> r.keyId(rsa).plaintext(SECRET).encryptionAlgorithm("RSAES_OAEP_SHA_256"))
            .ciphertextBlob();

    assertThat(
            kms.decrypt(
                    r ->
                        r.keyId(rsa)
                            .ciphertextBlob(ciphertext)
                            .encryptionAlgorithm("RSAES_OAEP_SHA_256"))
                .plaintext())
        .isEqualTo(SECRET);
    assertThatThrownBy(
            () ->
                kms.decrypt(
                    r ->
                        r.keyId(rsa)
                            .ciphertextBlob(ciphertext)
                            .encryptionAlgorithm("RSAES_OAEP_SHA_1")))
        .isInstanceOf(InvalidCiphertextException.class);
    assertThatThrownBy(() -> decrypt(ciphertext)).isInstanceOf(InvalidCiphertextException.class);
    assertThatThrownBy(() -> encrypt(rsa)).isInstanceOf(InvalidKeyUsageException.class);
    assertThatThrownBy(
            () ->
                kms.encrypt(
                    r ->
                        r.keyId(rsa)
                            .plaintext(SdkBytes.fromByteArray(new byte[191]))
                            .encryptionAlgorithm("RSAES_OAEP_SHA_256")))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("at most 190 bytes");
    assertThatThrownBy(() -> kms.generateDataKey(r -> r.keyId(rsa).keySpec("AES_256")))
        .isInstanceOf(InvalidKeyUsageException.class);
  }

  @Test
  void hmacKey_macsAndVerifies() {
    String hmac = create("HMAC_384", "GENERATE_VERIFY_MAC");
    SdkBytes mac =
        kms.generateMac(r -> r.keyId(hmac).message(SECRET).macAlgorithm("HMAC_SHA_384")).mac();

    assertThat(mac.asByteArray()).hasSize(48);
    assertThat(
            kms.verifyMac(r -> r.keyId(hmac).message(SECRET).mac(mac).macAlgorithm("HMAC_SHA_384"))
                .macValid())
        .isTrue();
    assertThatThrownBy(
            () ->
                kms.verifyMac(
                    r -> r.keyId(hmac).message(SECRET).mac(SECRET).macAlgorithm("HMAC_SHA_384")))
        .isInstanceOf(KmsInvalidMacException.class);
    assertThatThrownBy(
            () -> kms.generateMac(r -> r.keyId(hmac).message(SECRET).macAlgorithm("HMAC_SHA_256")))
        .isInstanceOf(InvalidKeyUsageException.class);
  }

  @Test
  void reEncrypt_movesACiphertextToAnotherKeyAndContext() {
    String to = kms.createKey().keyMetadata().arn();
    SdkBytes before =
        kms.encrypt(r -> r.keyId(key).plaintext(SECRET).encryptionContext(Map.of("a", "b")))
            .ciphertextBlob();

    assertThatThrownBy(() -> kms.reEncrypt(r -> r.ciphertextBlob(before).destinationKeyId(to)))
        .isInstanceOf(InvalidCiphertextException.class);
    assertThatThrownBy(
            () ->
                kms.reEncrypt(
                    r ->
                        r.ciphertextBlob(before)
                            .sourceKeyId(to)
                            .sourceEncryptionContext(Map.of("a", "b"))
                            .destinationKeyId(to)))
        .isInstanceOf(IncorrectKeyException.class);
    ReEncryptResponse moved =
        kms.reEncrypt(
            r ->
                r.ciphertextBlob(before)
                    .sourceEncryptionContext(Map.of("a", "b"))
                    .destinationKeyId(to)
                    .destinationEncryptionContext(Map.of("c", "d")));

    assertThat(moved.sourceKeyId()).isEqualTo(key);
    assertThat(moved.keyId()).isEqualTo(to);
    assertThat(moved.sourceKeyMaterialId()).isEqualTo(describe(key).currentKeyMaterialId());
    assertThat(moved.destinationKeyMaterialId()).isEqualTo(describe(to).currentKeyMaterialId());
    assertThat(
            kms.decrypt(
                    r ->
                        r.ciphertextBlob(moved.ciphertextBlob())
                            .encryptionContext(Map.of("c", "d")))
                .plaintext())
        .isEqualTo(SECRET);
  }

  @Test
  void reEncrypt_underTheSameKeyAfterItsRotation_endsUnderTheNewMaterial() {
    SdkBytes before = encrypt(key);
    kms.rotateKeyOnDemand(r -> r.keyId(key));
    aws.clock().advance(Duration.ofMinutes(5));

    ReEncryptResponse moved = kms.reEncrypt(r -> r.ciphertextBlob(before).destinationKeyId(key));

    assertThat(moved.sourceKeyMaterialId()).isNotEqualTo(moved.destinationKeyMaterialId());
    assertThat(moved.destinationKeyMaterialId()).isEqualTo(describe(key).currentKeyMaterialId());
  }

  @Test
  void dryRun_saysWhatTheRequestWouldHaveDone_andDoesNotCountAsUse() {
    assertThatThrownBy(() -> kms.encrypt(r -> r.keyId(key).plaintext(SECRET).dryRun(true)))
        .isInstanceOf(DryRunOperationException.class);
    assertThat(kms.getKeyLastUsage(r -> r.keyId(key)).keyLastUsage().operation()).isNull();

    kms.disableKey(r -> r.keyId(key));
    assertThatThrownBy(() -> kms.encrypt(r -> r.keyId(key).plaintext(SECRET).dryRun(true)))
        .isInstanceOf(DisabledException.class);
  }

  @Test
  void getKeyLastUsage_tellsTheLastSuccessfulOperation() {
    aws.clock().advance(Duration.ofDays(3));
    SdkBytes ciphertext = encrypt(key);
    aws.clock().advance(Duration.ofDays(3));
    assertThatThrownBy(
            () -> kms.generateMac(r -> r.keyId(key).message(SECRET).macAlgorithm("HMAC_SHA_256")))
        .isInstanceOf(InvalidKeyUsageException.class);

    GetKeyLastUsageResponse usage = kms.getKeyLastUsage(r -> r.keyId(key));
    assertThat(usage.keyLastUsage().operationAsString()).isEqualTo("Encrypt");
    assertThat(usage.keyLastUsage().timestamp())
        .isEqualTo(usage.keyCreationDate().plus(Duration.ofDays(3)));

    kms.reEncrypt(r -> r.ciphertextBlob(ciphertext).destinationKeyId(key));
    assertThat(kms.getKeyLastUsage(r -> r.keyId(key)).keyLastUsage().operationAsString())
        .isEqualTo("ReEncrypt");
  }

  @Test
  void generateDataKeyWithoutPlaintext_givesACiphertextOnly() {
    SdkBytes sealed =
        kms.generateDataKeyWithoutPlaintext(r -> r.keyId(key).keySpec("AES_128")).ciphertextBlob();

    assertThat(decrypt(sealed).asByteArray()).hasSize(16);
    assertThatThrownBy(() -> kms.generateDataKey(r -> r.keyId(key)))
        .isInstanceOf(KmsException.class);
    assertThatThrownBy(
            () -> kms.generateDataKey(r -> r.keyId(key).keySpec("AES_128").numberOfBytes(16)))
        .isInstanceOf(KmsException.class);
  }

  @Test
  void generateRandom_givesThatManyBytes() {
    assertThat(kms.generateRandom(r -> r.numberOfBytes(33)).plaintext().asByteArray()).hasSize(33);
    assertThatThrownBy(() -> kms.generateRandom(r -> r.numberOfBytes(1025)))
        .isInstanceOf(KmsException.class);
  }
}
