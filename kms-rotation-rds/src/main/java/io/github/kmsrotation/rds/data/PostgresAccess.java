package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.plan.Notice;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;

/**
 * How databases are reached, and what to say where they are not: by the caller's connector, or with
 * user and password. Immutable.
 */
final class PostgresAccess {

  private static final String LOGIN_SECONDS = "60";

  private final ConnectionSource source;
  private final Optional<String> user;

  private PostgresAccess(ConnectionSource source, Optional<String> user) {
    this.source = source;
    this.user = user;
  }

  static PostgresAccess by(ConnectionSource connector) {
    return new PostgresAccess(connector, Optional.empty());
  }

  static PostgresAccess withPassword(String user, Function<DatabaseEndpoint, String> password) {
    ConnectionSource source =
        (endpoint, database) -> {
          Properties properties = new Properties();
          properties.setProperty("user", user);
          properties.setProperty(
              "password",
              Objects.requireNonNull(
                  password.apply(endpoint),
                  () -> "the password of DB instance " + endpoint.dbInstanceIdentifier()));
          properties.setProperty("loginTimeout", LOGIN_SECONDS);
          properties.setProperty("ApplicationName", "kms-rotation");
          // Details of the server's errors may hold rows; the driver would log them.
          properties.setProperty("logServerErrorDetail", "false");
          return DriverManager.getConnection(url(endpoint, database), properties);
        };
    return new PostgresAccess(source, Optional.of(user));
  }

  Connection connect(DatabaseEndpoint endpoint, String database) throws SQLException {
    return source.connect(endpoint, database);
  }

  /** The database, where it is and who asks. */
  String name(DatabaseEndpoint endpoint, String database) {
    return "Database '"
        + database
        + "' of DB instance "
        + endpoint.dbInstanceIdentifier()
        + " ("
        + url(endpoint, database)
        + user.map(name -> ", user '" + name + "'").orElse(", by the connector")
        + ")";
  }

  /** Why there is no connection, as what stops a run. */
  DataVerificationException refused(
      DatabaseEndpoint endpoint, String database, SQLException thrown) {
    Notice refusal = refusal(endpoint, database, thrown);
    return new DataVerificationException(
        refusal.text() + " " + refusal.remedy(), failureToConnect(thrown).cause());
  }

  /** Why there is no connection, as a problem of a plan. */
  Notice refusal(DatabaseEndpoint endpoint, String database, SQLException thrown) {
    String text = name(endpoint, database) + " cannot be reached: ";
    if (isDriverMissing(url(endpoint, database))) {
      return new Notice(
          endpoint.dbInstanceIdentifier(),
          text + "no JDBC driver for PostgreSQL is on the class path.",
          "Add org.postgresql:postgresql to it.");
    }
    SqlFailure failure = failureToConnect(thrown);
    return new Notice(
        endpoint.dbInstanceIdentifier(), text + failure.words() + ".", remedy(failure, endpoint));
  }

  /**
   * What driver and server say while they connect is of user and database, and of no row. Of a
   * connector's exceptions nothing is known: one for a missing driver holds its URL, and a password
   * may be in that.
   */
  private SqlFailure failureToConnect(SQLException thrown) {
    return SqlFailure.of(thrown, user.flatMap(ours -> Optional.ofNullable(thrown.getMessage())));
  }

  private boolean isDriverMissing(String url) {
    return user.isPresent() && DriverManager.drivers().noneMatch(driver -> accepts(driver, url));
  }

  private static boolean accepts(Driver driver, String url) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException e) {
      return false; // as DriverManager takes it
    }
  }

  private String remedy(SqlFailure failure, DatabaseEndpoint endpoint) {
    if (failure.isOfClass("28")) {
      return user.isPresent()
          ? "Check user(...) and password(...), and that the server takes them from here."
          : "Check how the connector(...) logs in.";
    }
    if (failure.isOfClass(SqlFailure.NO_SUCH_DATABASE)) {
      return "Check database(...), to the letter: a DB instance is not a database.";
    }
    if (failure.isOfClass(SqlFailure.INSUFFICIENT_PRIVILEGE)) {
      return "Grant CONNECT on the database to the user.";
    }
    if (failure.isOfClass("08")) {
      return "See that "
          + endpoint.host()
          + ":"
          + endpoint.port()
          + " is reached from here (its name, security groups, routes), or give a connector(...)"
          + " that reaches it.";
    }
    return "Mend what stands in parentheses.";
  }

  private static String url(DatabaseEndpoint endpoint, String database) {
    return "jdbc:postgresql://" + endpoint.host() + ":" + endpoint.port() + "/" + database;
  }
}
