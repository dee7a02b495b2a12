package io.github.kmsrotation.key;

/** Who manages a KMS key, and so who rotates it. */
public enum KeyManager {
  /** AWS, in an account of its own; no caller sees the key. */
  AWS_OWNED,
  /** AWS, in the caller's account, for one service; its alias begins with {@code alias/aws/}. */
  AWS_MANAGED,
  /** The customer. */
  CUSTOMER
}
