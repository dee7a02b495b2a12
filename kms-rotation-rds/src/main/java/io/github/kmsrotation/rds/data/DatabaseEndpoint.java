package io.github.kmsrotation.rds.data;

import java.util.Objects;

/**
 * Where a DB instance is reached.
 *
 * @param dbInstanceIdentifier its identifier
 * @param engine its engine, for example {@code postgres}
 * @param host its host name
 * @param port its port
 */
public record DatabaseEndpoint(String dbInstanceIdentifier, String engine, String host, int port) {
  /** Checks for null. */
  public DatabaseEndpoint {
    Objects.requireNonNull(dbInstanceIdentifier, "dbInstanceIdentifier");
    Objects.requireNonNull(engine, "engine");
    Objects.requireNonNull(host, "host");
  }
}
