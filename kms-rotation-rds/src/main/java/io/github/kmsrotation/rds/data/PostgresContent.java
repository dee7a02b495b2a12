package io.github.kmsrotation.rds.data;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What a PostgreSQL database holds, as names and values that are equal if and only if the contents
 * are. A table's checksum is the sum of the SHA-256 of its rows, modulo 2^256: it does not depend
 * on the order of rows, counts duplicates, and is computed here so that neither server has to be
 * trusted with it. Each row is the server's own text form of it under fixed settings, in which NULL
 * and an empty text differ. Of a definition there is a SHA-256 only: functions, views, defaults and
 * triggers may hold passwords.
 */
final class PostgresContent {

  static final String READ_ONLY = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  static final List<String> FIXED_SETTINGS =
      List.of(
          "SET TIME ZONE 'UTC'",
          "SET datestyle TO 'ISO, YMD'",
          "SET intervalstyle TO 'iso_8601'",
          "SET extra_float_digits TO 3",
          "SET bytea_output TO 'hex'",
          "SET search_path TO pg_catalog",
          "SET lc_monetary TO 'C'",
          // Row security would hide rows from both sides alike; like this PostgreSQL fails instead.
          "SET row_security TO off");

  private static final String NOT_SYSTEM =
      " NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'";

  /** Each asks for a name and a definition. */
  private static final Map<String, String> DEFINITIONS =
      Map.of(
          "column",
              "SELECT n.nspname || '.' || c.relname || '.' || a.attname, format_type(a.atttypid,"
                  + " a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity || ' ' ||"
                  + " a.attgenerated || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')"
                  + " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                  + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                  + " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
                  + " WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f')"
                  + " AND n.nspname"
                  + NOT_SYSTEM,
          "index",
              "SELECT n.nspname || '.' || c.relname, pg_get_indexdef(c.oid) || ' ' || i.indisvalid"
                  + " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                  + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname"
                  + NOT_SYSTEM,
          "constraint",
              "SELECT n.nspname || '.' || coalesce(t.relname, '') || '.' || c.conname,"
                  + " pg_get_constraintdef(c.oid) FROM pg_constraint c"
                  + " JOIN pg_namespace n ON n.oid = c.connamespace"
                  + " LEFT JOIN pg_class t ON t.oid = c.conrelid WHERE n.nspname"
                  + NOT_SYSTEM,
          "view",
              "SELECT n.nspname || '.' || c.relname, pg_get_viewdef(c.oid) FROM pg_class c"
                  + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                  + " WHERE c.relkind IN ('v', 'm') AND n.nspname"
                  + NOT_SYSTEM,
          "function",
              "SELECT n.nspname || '.' || p.proname || '(' ||"
                  + " pg_get_function_identity_arguments(p.oid) || ')', pg_get_functiondef(p.oid)"
                  + " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                  + " WHERE p.prokind IN ('f', 'p') AND n.nspname"
                  + NOT_SYSTEM,
          "trigger",
              "SELECT n.nspname || '.' || c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) ||"
                  + " ' ' || t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid ="
                  + " t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT"
                  + " t.tgisinternal AND n.nspname"
                  + NOT_SYSTEM);

  /** Each asks for a name and a value that holds nothing to hide. */
  private static final Map<String, String> VALUES =
      Map.of(
          "extension", "SELECT extname, extversion FROM pg_extension",
          "large object",
              "SELECT oid::text, encode(sha256(lo_get(oid)), 'hex') FROM pg_largeobject_metadata");

  /** Where the user may not read a sequence, the view says that it is unused. */
  static final String SEQUENCES =
      "SELECT schemaname || '.' || sequencename, data_type || ' from ' || start_value || ' in ' ||"
          + " min_value || ' to ' || max_value || ' cycle ' || cycle || ' cache ' || cache_size,"
          + " increment_by, last_value, has_sequence_privilege(format('%I.%I', schemaname,"
          + " sequencename), 'SELECT, USAGE') FROM pg_sequences";

  static final String TABLES =
      "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relpersistence = 'u'"
          + " FROM pg_class c"
          + " JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relkind IN ('r', 'm') AND n.nspname"
          + NOT_SYSTEM
          + " ORDER BY 1";

  private final Connection connection;
  private final String database;
  private final int fetchSize;
  private final SortedMap<String, String> values = new TreeMap<>();
  private final SortedMap<String, PostgresSequence> sequences = new TreeMap<>();
  private String reading = "its settings";

  PostgresContent(Connection connection, String database, int fetchSize) {
    this.connection = connection;
    this.database = database;
    this.fetchSize = fetchSize;
  }

  SortedMap<String, String> values() {
    return values;
  }

  SortedMap<String, PostgresSequence> sequences() {
    return sequences;
  }

  /** What was being read when reading failed. */
  String reading() {
    return reading;
  }

  void read() throws SQLException {
    // In auto-commit the driver would hold a whole table in memory.
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      readAll(statement);
    } catch (SQLException e) {
      rollBackAfter(e);
      throw e;
    }
    connection.rollback();
  }

  private void rollBackAfter(SQLException failure) {
    try {
      connection.rollback();
    } catch (SQLException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    }
  }

  private void readAll(Statement statement) throws SQLException {
    statement.execute(READ_ONLY);
    for (String setting : FIXED_SETTINGS) {
      statement.execute(setting);
    }
    statement.setFetchSize(fetchSize);
    for (Map.Entry<String, String> query : DEFINITIONS.entrySet()) {
      named(statement, query.getKey(), query.getValue(), PostgresContent::hash);
    }
    for (Map.Entry<String, String> query : VALUES.entrySet()) {
      named(statement, query.getKey(), query.getValue(), value -> value);
    }
    readSequences(statement);
    for (Table table : tables(statement)) {
      rows(table);
    }
  }

  private void named(Statement statement, String kind, String query, UnaryOperator<String> recorded)
      throws SQLException {
    reading = "a " + kind;
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        values.put(
            database + " " + kind + " " + result.getString(1), recorded.apply(result.getString(2)));
      }
    }
  }

  private static String hash(String definition) {
    byte[] bytes = definition.getBytes(StandardCharsets.UTF_8);
    return "SHA-256 " + HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private void readSequences(Statement statement) throws SQLException {
    reading = "a sequence";
    try (ResultSet result = statement.executeQuery(SEQUENCES)) {
      while (result.next()) {
        reading = "sequence " + result.getString(1);
        if (!result.getBoolean(5)) {
          throw permissionDenied();
        }
        sequences.put(
            database + " " + reading,
            new PostgresSequence(
                result.getString(2),
                BigInteger.valueOf(result.getLong(3)),
                Optional.ofNullable(result.getBigDecimal(4)).map(BigDecimal::toBigIntegerExact)));
      }
    }
  }

  /** What PostgreSQL says of anything else that one may not read, but not of a sequence. */
  static SQLException permissionDenied() {
    return new SQLException("permission denied", SqlFailure.INSUFFICIENT_PRIVILEGE);
  }

  /** ONLY: partitions and inheriting tables are read in their own right. */
  static String rowsOf(String table) {
    return "SELECT (t.*)::text FROM ONLY " + table + " t";
  }

  private record Table(String name, boolean isUnlogged) {}

  private List<Table> tables(Statement statement) throws SQLException {
    reading = "its list of tables";
    List<Table> tables = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(TABLES)) {
      while (result.next()) {
        tables.add(new Table(result.getString(1), result.getBoolean(2)));
      }
    }
    return tables;
  }

  private void rows(Table table) throws SQLException {
    reading = "table " + table.name();
    MessageDigest sha256 = sha256();
    BigInteger sum = BigInteger.ZERO;
    long rows = 0;
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(fetchSize);
      try (ResultSet result = statement.executeQuery(rowsOf(table.name()))) {
        while (result.next()) {
          byte[] row = result.getString(1).getBytes(StandardCharsets.UTF_8);
          sum = sum.add(new BigInteger(1, sha256.digest(row))).mod(MODULUS);
          rows++;
        }
      }
    }
    // PostgreSQL empties unlogged tables when it recovers, so a DB snapshot does not carry them.
    String kind = table.isUnlogged() ? " unlogged table " : " table ";
    values.put(database + kind + table.name(), rows + " rows, checksum " + sum.toString(16));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
