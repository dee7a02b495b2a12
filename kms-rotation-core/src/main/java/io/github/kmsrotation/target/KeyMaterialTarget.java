package io.github.kmsrotation.target;

/**
 * The imported material of a KMS key, which is imported again.
 *
 * @param id the key: a key ARN, key id, alias name ({@code alias/...}) or alias ARN
 */
public record KeyMaterialTarget(String id) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "key-material";

  /**
   * @throws IllegalArgumentException if the name is not one that KMS takes
   */
  public KeyMaterialTarget {
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
