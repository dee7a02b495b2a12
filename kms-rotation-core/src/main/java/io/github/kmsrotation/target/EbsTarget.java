package io.github.kmsrotation.target;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * An EBS volume, an EC2 instance whose EBS volumes are meant, all or some of them, an EBS snapshot,
 * an AMI, or the account's default KMS key for EBS encryption.
 *
 * @param id the id of a volume ({@code vol-}), an instance ({@code i-}), a snapshot ({@code snap-})
 *     or an AMI ({@code ami-}), with 8 or 17 hexadecimal digits; or {@link #DEFAULT_KEY}
 * @param volumeIds of an instance, the volumes that are meant; empty for all, and for anything else
 */
public record EbsTarget(String id, List<String> volumeIds) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "ebs";

  /** The id that stands for the account's default KMS key for EBS encryption in a Region. */
  public static final String DEFAULT_KEY = "ebs-default-kms-key";

  private static final String DIGITS = "-([0-9a-f]{8}|[0-9a-f]{17})";

  /**
   * @throws IllegalArgumentException if an id is not one that EC2 can have given, or volumes of a
   *     volume are named
   */
  public EbsTarget {
    Objects.requireNonNull(id, "id");
    volumeIds = volumeIds.stream().distinct().sorted().toList();
    if (!id.equals(DEFAULT_KEY) && !id.matches("(vol|i|snap|ami)" + DIGITS)) {
      throw new IllegalArgumentException(
          "Not the id of a volume, an instance, a snapshot or an AMI: '"
              + id
              + "'. It is vol-, i-, snap- or ami- and 8 or 17 hexadecimal digits, in lower case.");
    }
    for (String volumeId : volumeIds) {
      if (!volumeId.matches("vol" + DIGITS)) {
        throw new IllegalArgumentException("Not the id of a volume: '" + volumeId + "'");
      }
    }
    if (!volumeIds.isEmpty() && !id.startsWith("i-")) {
      throw new IllegalArgumentException("Volumes can be chosen of an instance, not of " + id);
    }
  }

  /**
   * A volume, or an instance with all its volumes.
   *
   * @param id a volume id or an instance id
   * @throws IllegalArgumentException if the id is not one that EC2 can have given
   */
  public EbsTarget(String id) {
    this(id, List.of());
  }

  /**
   * Some volumes of an instance, at one point in time.
   *
   * @param instanceId the instance
   * @param volumeIds one or more of its volumes
   * @return the target
   * @throws IllegalArgumentException if an id is not one that EC2 can have given, or no volume is
   *     named
   */
  public static EbsTarget of(String instanceId, Collection<String> volumeIds) {
    if (volumeIds.isEmpty()) {
      throw new IllegalArgumentException("Name the volumes of " + instanceId + " that are meant.");
    }
    return new EbsTarget(instanceId, List.copyOf(volumeIds));
  }

  @Override
  public String kind() {
    return KIND;
  }

  /**
   * Whether an instance is meant, with all its volumes or those that are named.
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
