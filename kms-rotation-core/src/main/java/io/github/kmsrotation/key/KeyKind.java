package io.github.kmsrotation.key;

/** What a KMS key is for, as far as rotation depends on it. */
public enum KeyKind {
  /**
   * Spec {@code SYMMETRIC_DEFAULT}, the only kind that encrypts EBS, RDS and S3 and whose material
   * can be rotated.
   */
  SYMMETRIC_ENCRYPTION,
  /** A key pair, for signing, encryption or key agreement. */
  ASYMMETRIC,
  /** For message authentication codes. */
  HMAC
}
