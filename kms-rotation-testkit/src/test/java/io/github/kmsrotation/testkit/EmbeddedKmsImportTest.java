package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.ExpiredImportTokenException;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialRequest;
import software.amazon.awssdk.services.kms.model.IncorrectKeyMaterialException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.InvalidImportTokenException;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;
import software.amazon.awssdk.services.kms.model.UnsupportedOperationException;

class EmbeddedKmsImportTest extends KmsFixture {

  private static final byte[] FIRST = MaterialImport.random(32);
  private static final byte[] SECOND = MaterialImport.random(32);

  private final String key = external(r -> {});

  private String external(Consumer<CreateKeyRequest.Builder> how) {
    return kms.createKey(r -> how.accept(r.origin("EXTERNAL"))).keyMetadata().arn();
  }

  private String importInto(byte[] bytes) {
    return MaterialImport.into(kms, key, bytes, r -> {});
  }

  private String importNew(byte[] bytes) {
    return MaterialImport.into(kms, key, bytes, r -> r.importType("NEW_KEY_MATERIAL"));
  }

  private void rotate() {
    kms.rotateKeyOnDemand(r -> r.keyId(key));
    aws.clock().advance(Duration.ofMinutes(5));
  }

  private List<RotationsListEntry> materials() {
    return kms.listKeyRotations(r -> r.keyId(key).includeKeyMaterial("ALL_KEY_MATERIAL"))
        .rotations();
  }

  private KeyState state() {
    return describe(key).keyState();
  }

  @Test
  void key_withoutItsMaterial_cannotBeUsed() {
    assertThat(state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThatThrownBy(() -> encrypt(key))
        .isInstanceOf(KmsInvalidStateException.class)
        .hasMessageContaining("is pending import.");
    assertThatThrownBy(() -> kms.enableKey(r -> r.keyId(key)))
        .isInstanceOf(KmsInvalidStateException.class);
    assertThat(materials()).isEmpty();
  }

  @Test
  void importKeyMaterial_enablesTheKey_andTheIdIsTheSameForTheSameMaterialOfTheSameKeyOnly() {
    String id = importInto(FIRST);

    assertThat(id).matches("[a-f0-9]{64}").isEqualTo(describe(key).currentKeyMaterialId());
    assertThat(importInto(FIRST)).isEqualTo(id);
    assertThat(MaterialImport.into(kms, external(r -> {}), FIRST, r -> {})).isNotEqualTo(id);
    assertThat(decrypt(encrypt(key))).isEqualTo(SECRET);
    assertThat(describe(key).expirationModelAsString()).isEqualTo("KEY_MATERIAL_DOES_NOT_EXPIRE");
  }

  @Test
  void importKeyMaterial_withAnotherDigest_isUnwrapped() {
    GetParametersForImportResponse to =
        kms.getParametersForImport(
            r -> r.keyId(key).wrappingAlgorithm("RSAES_OAEP_SHA_1").wrappingKeySpec("RSA_3072"));
    SdkBytes wrapped = MaterialImport.wrap(to, FIRST, "SHA-1");
    kms.importKeyMaterial(
        r ->
            r.keyId(key)
                .importToken(to.importToken())
                .encryptedKeyMaterial(wrapped)
                .expirationModel("KEY_MATERIAL_DOES_NOT_EXPIRE"));

    assertThat(state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void importKeyMaterial_whenAnythingIsWrong_isRefusedWithItsOwnError() {
    GetParametersForImportResponse to = MaterialImport.parameters(kms, key);
    GetParametersForImportResponse other = MaterialImport.parameters(kms, external(r -> {}));
    SdkBytes wrapped = MaterialImport.wrap(to, FIRST, "SHA-256");
    Consumer<ImportKeyMaterialRequest.Builder> good =
        r ->
            r.keyId(key)
                .importToken(to.importToken())
                .encryptedKeyMaterial(wrapped)
                .expirationModel("KEY_MATERIAL_DOES_NOT_EXPIRE");

    assertRefused(good, r -> r.importToken(other.importToken()), InvalidImportTokenException.class);
    assertRefused(good, r -> r.importToken(SECRET), InvalidImportTokenException.class);
    assertRefused(good, r -> r.encryptedKeyMaterial(SECRET), InvalidCiphertextException.class);
    assertRefused(
        good,
        r -> r.encryptedKeyMaterial(MaterialImport.wrap(to, MaterialImport.random(16), "SHA-256")),
        IncorrectKeyMaterialException.class);
    assertRefused(good, r -> r.expirationModel("KEY_MATERIAL_EXPIRES"), KmsException.class);
    assertRefused(good, r -> r.validTo(now().plusSeconds(60)), KmsException.class);
    assertRefused(
        good,
        r -> r.expirationModel("KEY_MATERIAL_EXPIRES").validTo(now().plus(Duration.ofDays(366))),
        KmsException.class);
    assertRefused(
        good,
        r -> r.expirationModel("KEY_MATERIAL_EXPIRES").validTo(now().minusSeconds(1)),
        KmsException.class);
    aws.clock().advance(Duration.ofHours(24));
    assertRefused(good, r -> {}, ExpiredImportTokenException.class);
    assertThat(state()).isEqualTo(KeyState.PENDING_IMPORT);
  }

  private Instant now() {
    return aws.clock().instant();
  }

  private void assertRefused(
      Consumer<ImportKeyMaterialRequest.Builder> good,
      Consumer<ImportKeyMaterialRequest.Builder> change,
      Class<? extends KmsException> error) {
    assertThatThrownBy(() -> kms.importKeyMaterial(r -> change.accept(accepted(good, r))))
        .isInstanceOf(error);
  }

  private static ImportKeyMaterialRequest.Builder accepted(
      Consumer<ImportKeyMaterialRequest.Builder> good, ImportKeyMaterialRequest.Builder request) {
    good.accept(request);
    return request;
  }

  @Test
  void importKeyMaterial_ofOtherMaterialWithoutSayingNew_isRefused() {
    importInto(FIRST);

    assertThatThrownBy(() -> importInto(SECOND)).isInstanceOf(IncorrectKeyMaterialException.class);
    assertThatThrownBy(() -> importNew(FIRST)).isInstanceOf(IncorrectKeyMaterialException.class);
  }

  @Test
  void rotateKeyOnDemand_needsNewMaterial_andKeepsTheFormerForDecryption() {
    String first = importInto(FIRST);
    SdkBytes before = encrypt(key);
    assertThatThrownBy(() -> kms.rotateKeyOnDemand(r -> r.keyId(key)))
        .isInstanceOf(KmsInvalidStateException.class);

    String second = importNew(SECOND);
    assertThat(materials())
        .extracting(RotationsListEntry::keyMaterialStateAsString)
        .containsExactly("CURRENT", "PENDING_ROTATION");
    assertThat(kms.listKeyRotations(r -> r.keyId(key)).rotations()).isEmpty();
    assertThatThrownBy(() -> importNew(MaterialImport.random(32)))
        .isInstanceOf(KmsInvalidStateException.class);
    rotate();

    assertThat(describe(key).currentKeyMaterialId()).isEqualTo(second).isNotEqualTo(first);
    assertThat(materials())
        .extracting(
            RotationsListEntry::keyMaterialStateAsString, RotationsListEntry::rotationTypeAsString)
        .containsExactly(tuple("NON_CURRENT", null), tuple("CURRENT", "ON_DEMAND"));
    assertThat(decrypt(before)).isEqualTo(SECRET);
    assertThat(kms.decrypt(r -> r.ciphertextBlob(encrypt(key))).keyMaterialId()).isEqualTo(second);
    assertThatThrownBy(() -> kms.enableKeyRotation(r -> r.keyId(key)))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void anyMaterialThatIsMissing_takesTheKeyOutOfUseUntilItIsBack() {
    String first = importInto(FIRST);
    importNew(SECOND);
    rotate();

    kms.deleteImportedKeyMaterial(r -> r.keyId(key).keyMaterialId(first));
    assertThat(state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(materials())
        .extracting(RotationsListEntry::importStateAsString)
        .containsExactly("PENDING_IMPORT", "IMPORTED");
    assertThatThrownBy(() -> encrypt(key)).isInstanceOf(KmsInvalidStateException.class);

    kms.deleteImportedKeyMaterial(r -> r.keyId(key));
    importInto(FIRST);
    assertThat(state()).isEqualTo(KeyState.PENDING_IMPORT);
    importInto(SECOND);
    assertThat(state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void material_thatExpires_takesTheKeyOutOfUseByTheClock_unlessItWasImportedAgain() {
    Instant end = now().plus(Duration.ofDays(10));
    MaterialImport.into(
        kms, key, FIRST, r -> r.expirationModel("KEY_MATERIAL_EXPIRES").validTo(end));
    assertThat(describe(key).validTo()).isEqualTo(end);
    assertThat(materials().get(0).validTo()).isEqualTo(end);

    aws.clock().advance(Duration.ofDays(9));
    MaterialImport.into(
        kms,
        key,
        FIRST,
        r -> r.expirationModel("KEY_MATERIAL_EXPIRES").validTo(end.plus(Duration.ofDays(10))));
    aws.clock().advance(Duration.ofDays(2));
    assertThat(state()).isEqualTo(KeyState.ENABLED);

    aws.clock().advance(Duration.ofDays(10));
    assertThat(state()).isEqualTo(KeyState.PENDING_IMPORT);
    importInto(FIRST);
    assertThat(state()).isEqualTo(KeyState.ENABLED);
    assertThat(describe(key).validTo()).isNull();
  }

  @Test
  void pendingMaterial_thatIsDeleted_canBeReplaced() {
    importInto(FIRST);
    String pending =
        MaterialImport.into(
            kms,
            key,
            SECOND,
            r -> r.importType("NEW_KEY_MATERIAL").keyMaterialDescription("of 2026"));
    assertThat(materials().get(1).keyMaterialDescription()).isEqualTo("of 2026");

    kms.deleteImportedKeyMaterial(r -> r.keyId(key).keyMaterialId(pending));

    assertThat(state()).isEqualTo(KeyState.ENABLED);
    assertThat(materials()).hasSize(1);
    importNew(MaterialImport.random(32));
    rotate();
    assertThat(materials()).hasSize(2);
  }

  @Test
  void pendingMaterial_thatExpiresBeforeItsRotation_isGone_andTheKeyStaysInUse() {
    importInto(FIRST);
    MaterialImport.into(
        kms,
        key,
        SECOND,
        r ->
            r.importType("NEW_KEY_MATERIAL")
                .expirationModel("KEY_MATERIAL_EXPIRES")
                .validTo(now().plus(Duration.ofDays(1))));

    aws.clock().advance(Duration.ofDays(2));

    assertThat(state()).isEqualTo(KeyState.ENABLED);
    assertThat(materials()).hasSize(1);
    assertThatThrownBy(() -> kms.rotateKeyOnDemand(r -> r.keyId(key)))
        .isInstanceOf(KmsInvalidStateException.class);
  }

  @Test
  void importKeyMaterial_withAnId_takesThatMaterialOnly() {
    String first = importInto(FIRST);
    importNew(SECOND);

    assertThat(MaterialImport.into(kms, key, FIRST, r -> r.keyMaterialId(first))).isEqualTo(first);
    assertThatThrownBy(() -> MaterialImport.into(kms, key, SECOND, r -> r.keyMaterialId(first)))
        .isInstanceOf(IncorrectKeyMaterialException.class);
    assertThatThrownBy(
            () ->
                MaterialImport.into(
                    kms,
                    key,
                    MaterialImport.random(32),
                    r -> r.importType("NEW_KEY_MATERIAL").keyMaterialId(first)))
        .isInstanceOf(KmsException.class);
  }

  @Test
  void hmacKey_takesOneMaterialForGood() {
    String hmac = external(r -> r.keySpec("HMAC_256").keyUsage("GENERATE_VERIFY_MAC"));

    assertThat(MaterialImport.into(kms, hmac, FIRST, r -> {})).isNull();
    assertThat(describe(hmac).keyState()).isEqualTo(KeyState.ENABLED);
    assertThatThrownBy(() -> MaterialImport.into(kms, hmac, SECOND, r -> {}))
        .isInstanceOf(IncorrectKeyMaterialException.class);
    assertThatThrownBy(
            () -> MaterialImport.into(kms, hmac, SECOND, r -> r.importType("NEW_KEY_MATERIAL")))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void deletionOfTheKey_keepsImportsOut_andItsCancellationSeesMissingMaterial() {
    importInto(FIRST);
    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
    assertThatThrownBy(() -> MaterialImport.parameters(kms, key))
        .isInstanceOf(KmsInvalidStateException.class);

    kms.deleteImportedKeyMaterial(r -> r.keyId(key));
    assertThat(state()).isEqualTo(KeyState.PENDING_DELETION);
    kms.cancelKeyDeletion(r -> r.keyId(key));

    assertThat(state()).isEqualTo(KeyState.PENDING_IMPORT);
  }

  @Test
  void keysOfAws_takeNoImports() {
    String own = kms.createKey().keyMetadata().arn();

    assertThatThrownBy(() -> MaterialImport.parameters(kms, own))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> kms.deleteImportedKeyMaterial(r -> r.keyId(own)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(
            () ->
                kms.getParametersForImport(
                    r ->
                        r.keyId(key)
                            .wrappingAlgorithm("RSA_AES_KEY_WRAP_SHA_256")
                            .wrappingKeySpec("RSA_2048")))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void rsaKey_takesAPrivateKeyWrappedWithAes() throws Exception {
    String rsa = external(r -> r.keySpec("RSA_2048").keyUsage("ENCRYPT_DECRYPT"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    GetParametersForImportResponse to =
        kms.getParametersForImport(
            r ->
                r.keyId(rsa)
                    .wrappingAlgorithm("RSA_AES_KEY_WRAP_SHA_256")
                    .wrappingKeySpec("RSA_2048"));
    KeyGenerator aes = KeyGenerator.getInstance("AES");
    aes.init(256);
    SecretKey ephemeral = aes.generateKey();
    Cipher wrap = Cipher.getInstance("AES/KWP/NoPadding");
    wrap.init(Cipher.WRAP_MODE, ephemeral);
    byte[] wrappedAes = MaterialImport.wrap(to, ephemeral.getEncoded(), "SHA-256").asByteArray();
    byte[] wrappedKey = wrap.wrap(new SecretKeySpec(pair.getPrivate().getEncoded(), "RAW"));
    byte[] both = Arrays.copyOf(wrappedAes, wrappedAes.length + wrappedKey.length);
    System.arraycopy(wrappedKey, 0, both, wrappedAes.length, wrappedKey.length);
    SdkBytes wrapped = SdkBytes.fromByteArray(both);

    kms.importKeyMaterial(
        r ->
            r.keyId(rsa)
                .importToken(to.importToken())
                .encryptedKeyMaterial(wrapped)
                .expirationModel("KEY_MATERIAL_DOES_NOT_EXPIRE"));

    assertThat(kms.getPublicKey(r -> r.keyId(rsa)).publicKey().asByteArray())
        .isEqualTo(pair.getPublic().getEncoded());
  }
}
