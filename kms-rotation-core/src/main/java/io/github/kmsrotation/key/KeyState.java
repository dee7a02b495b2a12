package io.github.kmsrotation.key;

/** The state of a KMS key: {@code KeyMetadata.KeyState}. */
public enum KeyState {
  /** Usable. */
  ENABLED,
  /** Disabled by somebody. */
  DISABLED,
  /** It will be deleted. */
  PENDING_DELETION,
  /** It has no key material: none was imported yet, or it expired. */
  PENDING_IMPORT,
  /** It will be deleted once its replicas are. */
  PENDING_REPLICA_DELETION,
  /** Its key store is not connected. */
  UNAVAILABLE,
  /** It is being made. */
  CREATING,
  /** Its primary Region is being changed. */
  UPDATING
}
