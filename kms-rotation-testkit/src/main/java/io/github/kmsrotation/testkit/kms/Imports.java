package io.github.kmsrotation.testkit.kms;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which materials have been imported into one key of a family, and until when. */
final class Imports {

  /**
   * An import.
   *
   * @param validTo when it expires; empty if it does not
   */
  record Import(Optional<Instant> validTo) {
    String expirationModel() {
      return validTo.isPresent() ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE";
    }
  }

  private final Map<String, Import> byMaterial = new HashMap<>();
  private final Map<String, String> descriptions = new HashMap<>();

  void put(String materialId, Import imported) {
    byMaterial.put(materialId, imported);
  }

  void remove(String materialId) {
    byMaterial.remove(materialId);
  }

  boolean has(String materialId) {
    return byMaterial.containsKey(materialId);
  }

  Optional<Import> of(String materialId) {
    return Optional.ofNullable(byMaterial.get(materialId));
  }

  /** Descriptions outlive the material that they describe. */
  void describe(String materialId, String description) {
    descriptions.put(materialId, description);
  }

  Optional<String> description(String materialId) {
    return Optional.ofNullable(descriptions.get(materialId));
  }
}
