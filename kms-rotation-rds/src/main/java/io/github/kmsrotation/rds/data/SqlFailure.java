package io.github.kmsrotation.rds.data;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a database answered, in words that are safe to report. A server's or driver's own message
 * may hold rows, or a URL with a password in it, so what is told is the SQLSTATE, what that means,
 * and the failure of network or TLS underneath.
 *
 * @param words what happened, without a full stop
 * @param cause the same for a stack trace: the frames of what was thrown, and these words
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL Error
 *     Codes</a>
 */
record SqlFailure(String words, SQLException cause) {

  /** The SQLSTATE of PostgreSQL, for lacking permission as for row security. */
  static final String INSUFFICIENT_PRIVILEGE = "42501";

  static final String NO_SUCH_DATABASE = "3D000";

  static SqlFailure of(SQLException thrown) {
    return of(thrown, Optional.empty());
  }

  /**
   * @param message of the server or driver, where it is known to hold no secret
   */
  static SqlFailure of(SQLException thrown, Optional<String> message) {
    List<String> facts = new ArrayList<>();
    facts.add(thrown.getSQLState() == null ? "no SQLSTATE" : "SQLSTATE " + thrown.getSQLState());
    message.ifPresent(facts::add);
    Optional<Throwable> beneath = deepest(thrown).filter(SqlFailure::isOfNetworkOrTls);
    beneath.ifPresent(e -> facts.add(e.getClass().getSimpleName() + ": " + e.getMessage()));
    String words = meaning(stateOf(thrown)) + " (" + String.join("; ", facts) + ")";
    SQLException cause =
        new SQLException(words, thrown.getSQLState(), thrown.getErrorCode(), beneath.orElse(null));
    cause.setStackTrace(thrown.getStackTrace());
    return new SqlFailure(words, cause);
  }

  private static String stateOf(SQLException thrown) {
    return thrown.getSQLState() == null ? "" : thrown.getSQLState();
  }

  private static Optional<Throwable> deepest(Throwable thrown) {
    return Optional.ofNullable(thrown.getCause()).map(cause -> deepest(cause).orElse(cause));
  }

  private static boolean isOfNetworkOrTls(Throwable thrown) {
    return thrown instanceof IOException || thrown instanceof GeneralSecurityException;
  }

  boolean isOfClass(String start) {
    return stateOf(cause).startsWith(start);
  }

  String remedyOfReading() {
    return isOfClass(INSUFFICIENT_PRIVILEGE)
        ? "Grant the user USAGE of the schema and SELECT, or from PostgreSQL 14 on"
            + " pg_read_all_data; where row security hides rows, membership in the role that owns"
            + " the table, or BYPASSRLS."
        : "Mend it.";
  }

  private static String meaning(String state) {
    return switch (state) {
      case NO_SUCH_DATABASE -> "there is no such database";
      case INSUFFICIENT_PRIVILEGE -> "the user may not, or row security hides rows from the user";
      case "55000" -> "it is in no state to be read, like a materialized view without data";
      case "55P03" -> "somebody else has locked it";
      case "57014" -> "the statement was cancelled or took too long";
      default ->
          switch (state.substring(0, Math.min(2, state.length()))) {
            case "08" -> "the server was not reached, or the connection broke";
            case "28" -> "the server refuses the user or the password";
            case "53" -> "the server has no connections, memory or disk left";
            case "57" -> "the server is stopping or starting";
            case "58", "XX" -> "the server met an error of its own";
            default -> "the server or the driver refused";
          };
    };
  }
}
