package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.RunId;
import java.util.Objects;
import java.util.Optional;

/**
 * What key material is asked for.
 *
 * @param runId the run that imports it: the same new material has to be given for the same run
 * @param currentKey the key that is rotated; a new key, if there will be one, is not known yet
 * @param keySpec the spec of the key that takes the material, for example {@code SYMMETRIC_DEFAULT}
 * @param lengthInBytes how long the material has to be; empty for an asymmetric key, whose material
 *     is a private key in PKCS #8, DER-encoded
 * @param keyMaterialId which material is asked for, where the key has had it before and it is
 *     imported again: the id that {@code ListKeyRotations} shows; empty if the material is to be
 *     new, and for asymmetric and HMAC keys, which have one material and no id for it
 */
public record KeyMaterialRequest(
    RunId runId,
    KeyArn currentKey,
    String keySpec,
    Optional<Integer> lengthInBytes,
    Optional<String> keyMaterialId) {

  /** Checks for null. */
  public KeyMaterialRequest {
    Objects.requireNonNull(runId, "runId");
    Objects.requireNonNull(currentKey, "currentKey");
    Objects.requireNonNull(keySpec, "keySpec");
    Objects.requireNonNull(lengthInBytes, "lengthInBytes");
    Objects.requireNonNull(keyMaterialId, "keyMaterialId");
  }
}
