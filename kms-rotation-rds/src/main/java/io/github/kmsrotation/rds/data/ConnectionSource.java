package io.github.kmsrotation.rds.data;

import java.sql.Connection;
import java.sql.SQLException;

/** Connects to a database, by whichever means the caller has: TLS, IAM tokens, a proxy. */
@FunctionalInterface
public interface ConnectionSource {

  /**
   * Connects.
   *
   * @param endpoint the DB instance
   * @param database the database in it
   * @return a connection, which is closed after use
   * @throws SQLException if it cannot be had; its SQLSTATE is reported, its message is not. The
   *     message of any other exception is reported, so it is to hold no password
   */
  Connection connect(DatabaseEndpoint endpoint, String database) throws SQLException;
}
