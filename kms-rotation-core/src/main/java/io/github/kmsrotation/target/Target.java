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
}
