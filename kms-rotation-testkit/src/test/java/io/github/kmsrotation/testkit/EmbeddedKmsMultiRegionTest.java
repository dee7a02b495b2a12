package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.MultiRegionKeyType;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;
import software.amazon.awssdk.services.kms.model.UnsupportedOperationException;

class EmbeddedKmsMultiRegionTest extends KmsFixture {

  private static final String ELSEWHERE = "us-east-1";

  private final KmsClient elsewhere = client(ELSEWHERE);
  private final String key = kms.createKey(r -> r.multiRegion(true)).keyMetadata().keyId();

  private KeyMetadata replica() {
    return elsewhere.describeKey(r -> r.keyId(key)).keyMetadata();
  }

  private void replicate() {
    kms.replicateKey(r -> r.keyId(key).replicaRegion(ELSEWHERE));
    aws.clock().advance(Duration.ofMinutes(1));
  }

  @Test
  void replicateKey_makesAKeyOfTheSameIdThatOpensWhatThePrimarySealed() {
    KeyMetadata made =
        kms.replicateKey(r -> r.keyId(key).replicaRegion(ELSEWHERE).description("copy"))
            .replicaKeyMetadata();
    assertThat(made.keyState()).isEqualTo(KeyState.CREATING);
    assertThatThrownBy(() -> elsewhere.encrypt(r -> r.keyId(key).plaintext(SECRET)))
        .isInstanceOf(KmsInvalidStateException.class)
        .hasMessageContaining("is creating.");

    aws.clock().advance(Duration.ofMinutes(1));

    assertThat(replica().keyState()).isEqualTo(KeyState.ENABLED);
    assertThat(replica().arn()).contains(ELSEWHERE).endsWith(key);
    SdkBytes ciphertext = encrypt(key);
    assertThat(elsewhere.decrypt(r -> r.ciphertextBlob(ciphertext)).keyId())
        .isEqualTo(replica().arn());
  }

  @Test
  void describeKey_tellsThePrimaryAndTheReplicasFromBothRegions() {
    replicate();

    assertThat(describe(key).multiRegionConfiguration().multiRegionKeyType())
        .isEqualTo(MultiRegionKeyType.PRIMARY);
    assertThat(replica().multiRegionConfiguration().multiRegionKeyType())
        .isEqualTo(MultiRegionKeyType.REPLICA);
    assertThat(replica().multiRegionConfiguration().primaryKey().region()).isEqualTo(aws.region());
    assertThat(describe(key).multiRegionConfiguration().replicaKeys())
        .isEqualTo(replica().multiRegionConfiguration().replicaKeys())
        .singleElement()
        .satisfies(r -> assertThat(r.region()).isEqualTo(ELSEWHERE));
  }

  @Test
  void replicateKey_thatCannotBe_isRefused() {
    replicate();
    String single = kms.createKey().keyMetadata().keyId();

    assertThatThrownBy(() -> kms.replicateKey(r -> r.keyId(key).replicaRegion(ELSEWHERE)))
        .isInstanceOf(AlreadyExistsException.class);
    assertThatThrownBy(() -> kms.replicateKey(r -> r.keyId(single).replicaRegion(ELSEWHERE)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> elsewhere.replicateKey(r -> r.keyId(key).replicaRegion("eu-west-1")))
        .isInstanceOf(UnsupportedOperationException.class);
    kms.disableKey(r -> r.keyId(key));
    assertThatThrownBy(() -> kms.replicateKey(r -> r.keyId(key).replicaRegion("eu-west-1")))
        .isInstanceOf(DisabledException.class);
  }

  @Test
  void rotation_happensAtThePrimary_andShowsInTheReplica() {
    replicate();
    String before = replica().currentKeyMaterialId();
    assertThatThrownBy(() -> elsewhere.rotateKeyOnDemand(r -> r.keyId(key)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> elsewhere.enableKeyRotation(r -> r.keyId(key)))
        .isInstanceOf(UnsupportedOperationException.class);

    kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(90));
    kms.rotateKeyOnDemand(r -> r.keyId(key));
    aws.clock().advance(Duration.ofMinutes(5));

    assertThat(replica().currentKeyMaterialId())
        .isNotEqualTo(before)
        .isEqualTo(describe(key).currentKeyMaterialId());
    assertThat(elsewhere.getKeyRotationStatus(r -> r.keyId(key)).rotationPeriodInDays())
        .isEqualTo(90);
    assertThat(elsewhere.listKeyRotations(r -> r.keyId(key)).rotations()).hasSize(1);
  }

  @Test
  void updatePrimaryRegion_swapsTheKeysOnceItIsDone() {
    replicate();
    kms.updatePrimaryRegion(r -> r.keyId(key).primaryRegion(ELSEWHERE));
    assertThat(describe(key).keyState()).isEqualTo(KeyState.UPDATING);
    assertThat(decrypt(encrypt(key))).isEqualTo(SECRET);
    assertThatThrownBy(() -> kms.disableKey(r -> r.keyId(key)))
        .isInstanceOf(KmsInvalidStateException.class);

    aws.clock().advance(Duration.ofMinutes(1));

    assertThat(describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    assertThat(describe(key).multiRegionConfiguration().multiRegionKeyType())
        .isEqualTo(MultiRegionKeyType.REPLICA);
    assertThat(replica().multiRegionConfiguration().multiRegionKeyType())
        .isEqualTo(MultiRegionKeyType.PRIMARY);
    elsewhere.rotateKeyOnDemand(r -> r.keyId(key));
    assertThatThrownBy(
            () -> elsewhere.updatePrimaryRegion(r -> r.keyId(key).primaryRegion("eu-west-1")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void deletionOfThePrimary_waitsForItsReplicas() {
    replicate();
    assertThat(kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7)).deletionDate())
        .isNull();
    assertThat(describe(key).keyState()).isEqualTo(KeyState.PENDING_REPLICA_DELETION);
    assertThat(describe(key).pendingDeletionWindowInDays()).isEqualTo(7);
    aws.clock().advance(Duration.ofDays(100));
    assertThat(describe(key).keyState()).isEqualTo(KeyState.PENDING_REPLICA_DELETION);
    assertThatThrownBy(() -> encrypt(key)).isInstanceOf(KmsInvalidStateException.class);

    elsewhere.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
    aws.clock().advance(Duration.ofDays(8));
    assertThat(describe(key).keyState()).isEqualTo(KeyState.PENDING_DELETION);

    aws.clock().advance(Duration.ofDays(7));
    assertThatThrownBy(() -> describe(key)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void importedMaterial_goesIntoThePrimaryThenIntoEveryReplica_beforeItCanBeRotatedIn() {
    String external =
        kms.createKey(r -> r.origin("EXTERNAL").multiRegion(true)).keyMetadata().keyId();
    byte[] first = MaterialImport.random(32);
    byte[] second = MaterialImport.random(32);
    MaterialImport.into(kms, external, first, r -> {});
    kms.replicateKey(r -> r.keyId(external).replicaRegion(ELSEWHERE));
    aws.clock().advance(Duration.ofMinutes(1));
    assertThat(elsewhere.describeKey(r -> r.keyId(external)).keyMetadata().keyState())
        .isEqualTo(KeyState.PENDING_IMPORT);
    assertThatThrownBy(
            () ->
                MaterialImport.into(
                    elsewhere, external, second, r -> r.importType("NEW_KEY_MATERIAL")))
        .isInstanceOf(UnsupportedOperationException.class);
    MaterialImport.into(elsewhere, external, first, r -> {});

    MaterialImport.into(kms, external, second, r -> r.importType("NEW_KEY_MATERIAL"));
    assertThat(pendingState(external)).isEqualTo("PENDING_MULTI_REGION_IMPORT_AND_ROTATION");
    assertThatThrownBy(() -> kms.rotateKeyOnDemand(r -> r.keyId(external)))
        .isInstanceOf(KmsInvalidStateException.class);
    MaterialImport.into(elsewhere, external, second, r -> r.importType("EXISTING_KEY_MATERIAL"));
    assertThat(pendingState(external)).isEqualTo("PENDING_ROTATION");
    kms.rotateKeyOnDemand(r -> r.keyId(external));
    aws.clock().advance(Duration.ofMinutes(5));

    SdkBytes ciphertext = encrypt(external);
    assertThat(elsewhere.decrypt(r -> r.ciphertextBlob(ciphertext)).plaintext()).isEqualTo(SECRET);
    assertThat(elsewhere.listKeyRotations(r -> r.keyId(external)).rotations()).hasSize(1);
  }

  @Test
  void pendingMaterial_thatLeavesThePrimary_leavesItsReplicas() {
    String external =
        kms.createKey(r -> r.origin("EXTERNAL").multiRegion(true)).keyMetadata().keyId();
    byte[] first = MaterialImport.random(32);
    byte[] second = MaterialImport.random(32);
    MaterialImport.into(kms, external, first, r -> {});
    kms.replicateKey(r -> r.keyId(external).replicaRegion(ELSEWHERE));
    aws.clock().advance(Duration.ofMinutes(1));
    MaterialImport.into(elsewhere, external, first, r -> {});
    String pending =
        MaterialImport.into(kms, external, second, r -> r.importType("NEW_KEY_MATERIAL"));
    MaterialImport.into(elsewhere, external, second, r -> {});

    elsewhere.deleteImportedKeyMaterial(r -> r.keyId(external).keyMaterialId(pending));
    assertThat(pendingState(external)).isEqualTo("PENDING_MULTI_REGION_IMPORT_AND_ROTATION");
    kms.deleteImportedKeyMaterial(r -> r.keyId(external).keyMaterialId(pending));

    assertThat(
            elsewhere
                .listKeyRotations(r -> r.keyId(external).includeKeyMaterial("ALL_KEY_MATERIAL"))
                .rotations())
        .hasSize(1);
    assertThat(elsewhere.describeKey(r -> r.keyId(external)).keyMetadata().keyState())
        .isEqualTo(KeyState.ENABLED);
  }

  private String pendingState(String external) {
    return kms
        .listKeyRotations(r -> r.keyId(external).includeKeyMaterial("ALL_KEY_MATERIAL"))
        .rotations()
        .stream()
        .map(RotationsListEntry::keyMaterialStateAsString)
        .reduce("", (former, latter) -> latter);
  }
}
