package io.github.kmsrotation.target;

/**
 * A KMS key that is to be retired, as it was named.
 *
 * @param id a key ARN, key id, alias name ({@code alias/...}) or alias ARN
 */
public record KeyRetirementTarget(String id) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "key-retirement";

  /**
   * @throws IllegalArgumentException if the name is not one that KMS takes
   */
  public KeyRetirementTarget {
    id = new KeyTarget(id).id();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public boolean needsReason() {
    return false;
  }
}
