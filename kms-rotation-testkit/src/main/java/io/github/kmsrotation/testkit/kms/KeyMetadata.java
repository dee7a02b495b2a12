package io.github.kmsrotation.testkit.kms;

import static io.github.kmsrotation.testkit.kms.KmsRules.seconds;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code DescribeKey} tells of a key.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html">KeyMetadata</a>
 */
final class KeyMetadata {

  private KeyMetadata() {}

  static Map<String, Object> of(KmsKey key) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("AWSAccountId", key.accountId);
    metadata.put("KeyId", key.id);
    metadata.put("Arn", key.arn);
    metadata.put("CreationDate", seconds(key.createdAt));
    metadata.put("Enabled", key.state() == KeyState.ENABLED);
    metadata.put("Description", key.description);
    metadata.put("KeyUsage", key.form.usage());
    metadata.put("KeyState", key.state().wire());
    metadata.put("Origin", key.form.origin());
    metadata.put("KeyManager", key.awsManaged ? "AWS" : "CUSTOMER");
    metadata.put("KeySpec", key.form.spec());
    metadata.put("CustomerMasterKeySpec", key.form.spec());
    metadata.put("MultiRegion", key.form.multiRegion());
    key.deletionDate.ifPresent(at -> metadata.put("DeletionDate", seconds(at)));
    if (key.state() == KeyState.PENDING_REPLICA_DELETION) {
      key.deletionWindow.ifPresent(days -> metadata.put("PendingDeletionWindowInDays", days));
    }
    putAlgorithms(metadata, key);
    putMaterial(metadata, key);
    putStore(metadata, key);
    if (key.form.multiRegion()) {
      metadata.put("MultiRegionConfiguration", multiRegion(key));
    }
    return metadata;
  }

  static void putAlgorithms(Map<String, Object> metadata, KmsKey key) {
    String spec = key.form.spec();
    switch (key.form.usage()) {
      case "ENCRYPT_DECRYPT" ->
          metadata.put("EncryptionAlgorithms", KeySpecs.encryptionAlgorithms(spec));
      case "SIGN_VERIFY" -> metadata.put("SigningAlgorithms", KeySpecs.signingAlgorithms(spec));
      case "KEY_AGREEMENT" -> metadata.put("KeyAgreementAlgorithms", List.of("ECDH"));
      default -> metadata.put("MacAlgorithms", KeySpecs.macAlgorithms(spec));
    }
  }

  private static void putMaterial(Map<String, Object> metadata, KmsKey key) {
    if (key.form.hasRotations() && !key.family.materials.isEmpty()) {
      metadata.put("CurrentKeyMaterialId", key.family.current().id());
    }
    List<Imports.Import> imports =
        key.family.materials.stream()
            .flatMap(material -> key.imports.of(material.id()).stream())
            .toList();
    Optional<Instant> first =
        imports.stream().flatMap(i -> i.validTo().stream()).min(Instant::compareTo);
    first.ifPresent(at -> metadata.put("ValidTo", seconds(at)));
    if (!imports.isEmpty()) {
      metadata.put(
          "ExpirationModel",
          first.isPresent() ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE");
    }
  }

  private static void putStore(Map<String, Object> metadata, KmsKey key) {
    key.store.ifPresent(
        store -> {
          metadata.put("CustomKeyStoreId", store.id);
          if (store.isCloudHsm()) {
            metadata.put(
                "CloudHsmClusterId", String.valueOf(store.settings.get("CloudHsmClusterId")));
          }
        });
    key.xksKeyId.ifPresent(id -> metadata.put("XksKeyConfiguration", Map.of("Id", id)));
  }

  /**
   * While the primary Region changes, the old and the new primary key may both show as replicas.
   */
  private static Map<String, Object> multiRegion(KmsKey key) {
    boolean primary = key.isPrimary() && key.state() != KeyState.UPDATING;
    return Map.of(
        "MultiRegionKeyType",
        primary ? "PRIMARY" : "REPLICA",
        "PrimaryKey",
        reference(key.family.primary()),
        "ReplicaKeys",
        key.family.replicas().stream().map(KeyMetadata::reference).toList());
  }

  private static Map<String, Object> reference(KmsKey key) {
    return Map.of("Arn", key.arn, "Region", key.region);
  }
}
