package io.github.kmsrotation.target;

import java.util.Locale;
import java.util.Objects;

/**
 * An RDS DB instance, named by its identifier. RDS stores identifiers in lower case, so this does
 * too ({@code CreateDBInstance}, parameter {@code DBInstanceIdentifier}).
 *
 * @param id the DB instance identifier, 1 to 63 characters
 */
public record RdsTarget(String id) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "rds";

  /**
   * @throws IllegalArgumentException if the identifier is not one that RDS can have given
   */
  public RdsTarget {
    id = Objects.requireNonNull(id, "id").toLowerCase(Locale.ROOT);
    if (!id.matches("[a-z](-?[a-z0-9])*") || id.length() > 63) {
      throw new IllegalArgumentException(
          "Not a DB instance identifier: '"
              + id
              + "'. It has 1 to 63 letters, digits and hyphens, starts with a letter, and has"
              + " neither two hyphens in a row nor one at the end.");
    }
  }

  @Override
  public String kind() {
    return KIND;
  }
}
