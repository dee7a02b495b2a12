package io.github.kmsrotation.target;

import java.util.Objects;

/**
 * An EBS volume, or an EC2 instance whose EBS volumes are meant.
 *
 * @param id a volume id, {@code vol-} and 8 or 17 hexadecimal digits, or an instance id, {@code i-}
 *     and as many
 */
public record EbsTarget(String id) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "ebs";

  /**
   * @throws IllegalArgumentException if the id is not one that EC2 can have given
   */
  public EbsTarget {
    Objects.requireNonNull(id, "id");
    if (!id.matches("(vol|i)-([0-9a-f]{8}|[0-9a-f]{17})")) {
      throw new IllegalArgumentException(
          "Not the id of a volume or an instance: '"
              + id
              + "'. It is vol- or i- and 8 or 17 hexadecimal digits, in lower case.");
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  /**
   * Whether an instance is meant, with all its volumes.
   *
   * @return false for a volume
   */
  public boolean isInstance() {
    return id.startsWith("i-");
  }
}
