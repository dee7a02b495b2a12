package io.github.kmsrotation.target;

/** Something whose KMS key can be rotated. Implementations are immutable. */
public interface Target {

  /**
   * The kind of target, as stored in plans, for example {@code rds}.
   *
   * @return a stable lower-case word
   */
  String kind();

  /**
   * The resource's own name in AWS.
   *
   * @return an identifier, never empty
   */
  String id();

  /**
   * Whether a plan depends on why the key is to be rotated.
   *
   * @return false where there is one thing to do whatever the reason
   */
  default boolean needsReason() {
    return true;
  }
}
