package io.github.kmsrotation.key;

/** Why a key is to be rotated. Decides, with the facts, what rotation serves. */
public enum RotationReason {
  /** A rule asks for rotation at least once a year. */
  SCHEDULE_REQUIRED,
  /** The data has to be under a customer managed key. */
  LEAVE_AWS_MANAGED_KEY,
  /** Somebody may have used the key who should not have. */
  SUSPECTED_COMPROMISE,
  /** Imported key material is about to expire. */
  MATERIAL_EXPIRES,
  /** New key material is asked for now, and nothing says that the former is known to anybody. */
  NEW_MATERIAL_REQUESTED,
  /** A new key is asked for, for whatever reason. */
  NEW_KEY_REQUESTED
}
