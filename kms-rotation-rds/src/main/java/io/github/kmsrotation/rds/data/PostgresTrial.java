package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.plan.Notice;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tries whether a database could be read, as a comparison will: each table with the same query but
 * no rows, so that PostgreSQL itself judges rights and row security. Each look is a read-only
 * transaction of its own, so that no lock is held for longer than one takes.
 */
final class PostgresTrial {

  private static final int MOST_NAMED = 20;

  /** More than a look at a catalog takes, little enough for a person who waits for a plan. */
  private static final int SILENCE_MILLIS = 120_000;

  private static final String SETTINGS =
      String.join("; ", PostgresContent.FIXED_SETTINGS)
          + "; SET lock_timeout TO '10s'; SET statement_timeout TO '60s'";

  private static final String LARGE_OBJECTS =
      "SELECT count(lo_get(oid, 0, 0)) FROM pg_largeobject_metadata";

  private final PostgresAccess access;
  private final DatabaseEndpoint endpoint;
  private final String database;
  private final Map<Reason, List<String>> unreadable = new LinkedHashMap<>();

  private record Reason(String words, String remedy) {}

  PostgresTrial(PostgresAccess access, DatabaseEndpoint endpoint, String database) {
    this.access = access;
    this.endpoint = endpoint;
    this.database = database;
  }

  List<Notice> problems() {
    try (Connection connection = access.connect(endpoint, database)) {
      connection.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
      connection.setAutoCommit(false);
      tryAll(connection);
    } catch (SQLException e) {
      return List.of(access.refusal(endpoint, database, e));
    }
    return unreadable.entrySet().stream().map(e -> notice(e.getKey(), e.getValue())).toList();
  }

  private void tryAll(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    look(
        connection,
        "its list of tables",
        PostgresContent.TABLES,
        row -> tables.add(row.getString(1)));
    look(connection, "a sequence", PostgresContent.SEQUENCES, this::trySequence);
    look(connection, "a large object", LARGE_OBJECTS, row -> {});
    for (String table : tables) {
      look(connection, "table " + table, PostgresContent.rowsOf(table) + " LIMIT 0", row -> {});
    }
  }

  /** PostgreSQL tells of a sequence that the user may not read as if it were unused. */
  private void trySequence(ResultSet row) throws SQLException {
    if (!row.getBoolean(5)) {
      failed("sequence " + row.getString(1), PostgresContent.permissionDenied());
    }
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void look(Connection connection, String what, String query, Row each)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(PostgresContent.READ_ONLY);
      statement.execute(SETTINGS);
      try (ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          each.read(rows);
        }
      }
    } catch (SQLException e) {
      failed(what, e);
    }
    // Takes the settings back, too. Fails if the connection is broken, which ends the trial.
    connection.rollback();
  }

  private void failed(String what, SQLException thrown) {
    SqlFailure failure = SqlFailure.of(thrown);
    unreadable
        .computeIfAbsent(
            new Reason(failure.words(), failure.remedyOfReading()), reason -> new ArrayList<>())
        .add(what);
  }

  private Notice notice(Reason reason, List<String> what) {
    String more = what.size() > MOST_NAMED ? " and " + (what.size() - MOST_NAMED) + " more" : "";
    return new Notice(
        endpoint.dbInstanceIdentifier(),
        access.name(endpoint, database)
            + " cannot be read: "
            + String.join(", ", what.subList(0, Math.min(MOST_NAMED, what.size())))
            + more
            + ": "
            + reason.words()
            + ".",
        reason.remedy());
  }
}
