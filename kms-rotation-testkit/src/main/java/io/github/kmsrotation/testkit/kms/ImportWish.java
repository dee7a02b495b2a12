package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Optional;

/**
 * What a caller of {@code ImportKeyMaterial} says of the material.
 *
 * @param type NEW_KEY_MATERIAL or EXISTING_KEY_MATERIAL
 * @param materialId the id that it has to have
 * @param description for people
 */
record ImportWish(
    Optional<String> type, Optional<String> materialId, Optional<String> description) {

  private static final List<String> TYPES = List.of("NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL");

  ImportWish(Params params) {
    this(
        params.text("ImportType").map(t -> KmsRules.checkOneOf("importType", t, TYPES)),
        params.text("KeyMaterialId"),
        params.text("KeyMaterialDescription"));
    materialId.ifPresent(id -> KmsRules.checkPattern("keyMaterialId", id, "[a-f0-9]{64}"));
    description.ifPresent(
        text -> {
          KmsRules.checkLength("keyMaterialDescription", text, 0, 256);
          KmsRules.checkPattern("keyMaterialDescription", text, "[a-zA-Z0-9:/_\\s.-]+");
        });
    if (type.equals(Optional.of("NEW_KEY_MATERIAL")) && materialId.isPresent()) {
      throw KmsRules.validation("KeyMaterialId cannot be given with ImportType NEW_KEY_MATERIAL");
    }
  }

  boolean isForSymmetricKeysOnly() {
    return type.isPresent() || materialId.isPresent() || description.isPresent();
  }

  /**
   * Whether the material is to be new. The default is NEW_KEY_MATERIAL until something has been
   * imported, and never for a replica, which takes what its primary key has.
   */
  boolean isNew(KmsKey key) {
    return type.map(t -> t.equals("NEW_KEY_MATERIAL"))
        .orElse(key.isPrimary() && key.family.materials.isEmpty());
  }
}
