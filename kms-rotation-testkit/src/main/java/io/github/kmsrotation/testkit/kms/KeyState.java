package io.github.kmsrotation.testkit.kms;

/**
 * The states of a key.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html">Key states of
 *     AWS KMS keys</a>
 */
enum KeyState {
  CREATING("Creating", "creating"),
  ENABLED("Enabled", "enabled"),
  DISABLED("Disabled", "disabled"),
  PENDING_DELETION("PendingDeletion", "pending deletion"),
  PENDING_IMPORT("PendingImport", "pending import"),
  PENDING_REPLICA_DELETION("PendingReplicaDeletion", "pending replica deletion"),
  UNAVAILABLE("Unavailable", "unavailable"),
  UPDATING("Updating", "updating");

  private final String wire;
  private final String words;

  KeyState(String wire, String words) {
    this.wire = wire;
    this.words = words;
  }

  /** As {@code DescribeKey} tells it. */
  String wire() {
    return wire;
  }

  /** As AWS's messages tell it. */
  String words() {
    return words;
  }

  /** Whether a key can be used in cryptographic operations. */
  boolean isUsable() {
    return this == ENABLED || this == UPDATING;
  }

  boolean isDeleting() {
    return this == PENDING_DELETION || this == PENDING_REPLICA_DELETION;
  }
}
