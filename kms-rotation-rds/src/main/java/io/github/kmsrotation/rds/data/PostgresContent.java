package io.github.kmsrotation.rds.data;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a PostgreSQL database holds, as names and values that are equal if and only if the contents
 * are. A table's checksum is the sum of the SHA-256 of its rows, modulo 2^256: it does not depend
 * on the order of rows, counts duplicates, and is computed here so that neither server has to be
 * trusted with it. Each row is the server's own text form of it under fixed settings, in which NULL
 * and an empty text differ.
 */
final class PostgresContent {

  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private static final List<String> FIXED_SETTINGS =
      List.of(
          "SET TIME ZONE 'UTC'",
          "SET datestyle TO 'ISO, YMD'",
          "SET intervalstyle TO 'iso_8601'",
          "SET extra_float_digits TO 3",
          "SET bytea_output TO 'hex'",
          "SET search_path TO pg_catalog",
          "SET lc_monetary TO 'C'");

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
          "sequence",
              "SELECT schemaname || '.' || sequencename, coalesce(last_value::text, 'unused') ||"
                  + " ' by ' || increment_by FROM pg_sequences",
          "extension", "SELECT extname, extversion FROM pg_extension",
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
                  + NOT_SYSTEM,
          "large object",
              "SELECT oid::text, encode(sha256(lo_get(oid)), 'hex') FROM pg_largeobject_metadata");

  private static final String TABLES =
      "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relpersistence = 'u'"
          + " FROM pg_class c"
          + " JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relkind IN ('r', 'm') AND n.nspname"
          + NOT_SYSTEM
          + " ORDER BY 1";

  private final Connection connection;
  private final String database;
  private final int fetchSize;
  private final Map<String, String> content = new TreeMap<>();

  PostgresContent(Connection connection, String database, int fetchSize) {
    this.connection = connection;
    this.database = database;
    this.fetchSize = fetchSize;
  }

  Map<String, String> read() throws SQLException {
    // In auto-commit the driver would hold a whole table in memory.
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      for (String setting : FIXED_SETTINGS) {
        statement.execute(setting);
      }
      for (Map.Entry<String, String> query : DEFINITIONS.entrySet()) {
        definitions(statement, query.getKey(), query.getValue());
      }
      for (Table table : tables(statement)) {
        rows(table);
      }
    } finally {
      connection.rollback();
    }
    return content;
  }

  private void definitions(Statement statement, String kind, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        content.put(database + " " + kind + " " + result.getString(1), result.getString(2));
      }
    }
  }

  private record Table(String name, boolean isUnlogged) {}

  private static List<Table> tables(Statement statement) throws SQLException {
    List<Table> tables = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(TABLES)) {
      while (result.next()) {
        tables.add(new Table(result.getString(1), result.getBoolean(2)));
      }
    }
    return tables;
  }

  private void rows(Table table) throws SQLException {
    MessageDigest sha256 = sha256();
    BigInteger sum = BigInteger.ZERO;
    long rows = 0;
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(fetchSize);
      // ONLY: partitions and inheriting tables are read in their own right.
      try (ResultSet result =
          statement.executeQuery("SELECT (t.*)::text FROM ONLY " + table.name() + " t")) {
        while (result.next()) {
          byte[] row = result.getString(1).getBytes(StandardCharsets.UTF_8);
          sum = sum.add(new BigInteger(1, sha256.digest(row))).mod(MODULUS);
          rows++;
        }
      }
    }
    // PostgreSQL empties unlogged tables when it recovers, so a DB snapshot does not carry them.
    String kind = table.isUnlogged() ? " unlogged table " : " table ";
    content.put(database + kind + table.name(), rows + " rows, checksum " + sum.toString(16));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
