package io.github.kmsrotation.target;

import java.util.Objects;

/**
 * A KMS key, as it was named.
 *
 * @param id a key ARN, key id, alias name ({@code alias/...}) or alias ARN
 */
public record KeyTarget(String id) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "key";

  /**
   * @throws IllegalArgumentException if the name is not one that KMS takes
   */
  public KeyTarget {
    Objects.requireNonNull(id, "id");
    boolean isOfAnotherService = id.startsWith("arn:") && !id.matches("arn:[a-z-]+:kms:.+");
    if (isOfAnotherService || !id.matches("[a-zA-Z0-9:/_-]{1,2048}")) {
      throw new IllegalArgumentException(
          "Not the name of a KMS key: '"
              + id
              + "'. It is a key ARN, a key id, an alias name (alias/...) or an alias ARN.");
    }
  }

  @Override
  public String kind() {
    return KIND;
  }
}
