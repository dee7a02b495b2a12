package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.kms.Imports.Import;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides whether unwrapped material is what a key expects. The first material belongs to the key
 * for good; later ones do once they were rotated in, and until then can be deleted and replaced.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html">ImportKeyMaterial</a>
 */
final class KeyImporter {

  private final Timeline timeline;

  KeyImporter(Timeline timeline) {
    this.timeline = timeline;
  }

  String take(KmsKey key, byte[] bytes, Import imported, ImportWish wish) {
    if (!key.form.isSymmetric() && wish.isForSymmetricKeysOnly()) {
      throw KmsRules.unsupported(
          "ImportType, KeyMaterialId and KeyMaterialDescription are for symmetric encryption keys: "
              + key.arn);
    }
    Secret secret = ImportedSecrets.of(key.form.spec(), bytes);
    String id = Material.idOf(key.id, bytes);
    if (wish.isNew(key)) {
      takeNew(key, new Material(id, secret, timeline.now(), ""));
    } else {
      checkExisting(key, id, wish.materialId());
    }
    key.imports.put(id, imported);
    wish.description().ifPresent(text -> key.imports.describe(id, text));
    key.materialChanged();
    imported.validTo().ifPresent(at -> expireLater(key, id, imported, at));
    return id;
  }

  private static void takeNew(KmsKey key, Material material) {
    KeyFamily family = key.family;
    if (!key.isPrimary()) {
      throw KmsRules.unsupported(
          key.arn + " is a replica: new key material is imported into its primary key first.");
    }
    if (family.material(material.id()).isPresent()) {
      throw ImportedSecrets.incorrect(
          "The key material is already associated with " + key.arn + ".");
    }
    if (family.materials.isEmpty()) {
      family.materials.add(material);
      return;
    }
    family.pending.ifPresent(
        other -> {
          throw StateRules.invalid(
              "New key material (id: "
                  + material.id()
                  + ") cannot be imported into KMS key "
                  + key.arn
                  + ", because another key material (id: "
                  + other.id()
                  + ") is pending rotation.");
        });
    family.pending = Optional.of(material);
  }

  private static void checkExisting(KmsKey key, String id, Optional<String> wanted) {
    boolean asWanted = wanted.isEmpty() || wanted.get().equals(id);
    if (!asWanted || key.family.material(id).isEmpty()) {
      throw ImportedSecrets.incorrect(
          "The key material is not the one that was imported into " + key.arn + " before.");
    }
  }

  private void expireLater(KmsKey key, String id, Import imported, Instant at) {
    timeline.after(
        Duration.between(timeline.now(), at),
        () -> {
          if (key.imports.of(id).equals(Optional.of(imported))) {
            key.family.material(id).ifPresent(material -> remove(key, material));
          }
        });
  }

  /**
   * Material is deleted or has expired. Pending material that leaves the primary key leaves the
   * replicas, too.
   */
  void remove(KmsKey key, Material material) {
    key.imports.remove(material.id());
    if (key.isPrimary() && key.family.pending.equals(Optional.of(material))) {
      key.family.pending = Optional.empty();
      key.family.members().forEach(member -> member.imports.remove(material.id()));
    }
    key.materialChanged();
  }
}
