package io.github.kmsrotation.target;

import java.util.Objects;

/**
 * An EBS volume, an EC2 instance whose EBS volumes are meant, an EBS snapshot, an AMI, or the
 * account's default KMS key for EBS encryption.
 *
 * @param id the id of a volume ({@code vol-}), an instance ({@code i-}), a snapshot ({@code snap-})
 *     or an AMI ({@code ami-}), with 8 or 17 hexadecimal digits; or {@link #DEFAULT_KEY}
 */
public record EbsTarget(String id) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "ebs";

  /** The id that stands for the account's default KMS key for EBS encryption in a Region. */
  public static final String DEFAULT_KEY = "ebs-default-kms-key";

  /**
   * @throws IllegalArgumentException if the id is not one that EC2 can have given
   */
  public EbsTarget {
    Objects.requireNonNull(id, "id");
    if (!id.equals(DEFAULT_KEY) && !id.matches("(vol|i|snap|ami)-([0-9a-f]{8}|[0-9a-f]{17})")) {
      throw new IllegalArgumentException(
          "Not the id of a volume, an instance, a snapshot or an AMI: '"
              + id
              + "'. It is vol-, i-, snap- or ami- and 8 or 17 hexadecimal digits, in lower case.");
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  /**
   * Whether an instance is meant, with all its volumes.
   *
   * @return false for anything else
   */
  public boolean isInstance() {
    return id.startsWith("i-");
  }

  /**
   * Whether a snapshot is meant.
   *
   * @return false for anything else
   */
  public boolean isSnapshot() {
    return id.startsWith("snap-");
  }

  /**
   * Whether an AMI is meant, with its snapshots.
   *
   * @return false for anything else
   */
  public boolean isImage() {
    return id.startsWith("ami-");
  }

  /**
   * Whether the account's default KMS key for EBS encryption is meant.
   *
   * @return false for anything else
   */
  public boolean isDefaultKey() {
    return id.equals(DEFAULT_KEY);
  }
}
