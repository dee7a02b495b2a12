package io.github.kmsrotation.key;

/** Where the key material comes from: {@code KeyMetadata.Origin}. */
public enum KeyOrigin {
  /** AWS KMS generated it. */
  AWS_KMS,
  /** The customer imported it. */
  EXTERNAL,
  /** It is in a CloudHSM key store. */
  AWS_CLOUDHSM,
  /** It is in an external key store. */
  EXTERNAL_KEY_STORE
}
