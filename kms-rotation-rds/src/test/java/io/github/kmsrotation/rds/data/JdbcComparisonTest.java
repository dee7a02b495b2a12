package io.github.kmsrotation.rds.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.testkit.postgres.PostgresDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One PostgreSQL, and beside it the copy of the copy that a rotation makes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JdbcComparisonTest {

  private static final String PASSWORD = "pa55word-MARKER-51d0";
  private static final List<String> CONTENT =
      List.of(
          "CREATE SCHEMA \"Odd \"\"schema\"\"; --\"",
          "CREATE TABLE \"Odd \"\"schema\"\"; --\".\"tab'le\" (\"sel ect\" text, n int)",
          "INSERT INTO \"Odd \"\"schema\"\"; --\".\"tab'le\" VALUES ('', 1), (NULL, 1), ('ü\n', 2)",
          "CREATE TABLE items (id int PRIMARY KEY, at timestamptz, price numeric, ratio float8,"
              + " raw bytea, tags text[], more jsonb, CHECK (id > 0))",
          "INSERT INTO items SELECT i, '2026-01-01Z'::timestamptz + i * interval '1 hour', i / 3.0,"
              + " i / 7.0::float8, decode(md5(i::text), 'hex'), ARRAY['a', i::text],"
              + " jsonb_build_object('i', i) FROM generate_series(1, 5000) i",
          "CREATE TABLE twins (v int)",
          "INSERT INTO twins VALUES (1), (1), (2)",
          "CREATE TABLE events (id int, day date) PARTITION BY RANGE (day)",
          "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO"
              + " ('2027-01-01')",
          "INSERT INTO events VALUES (1, '2026-05-05')",
          "CREATE TABLE parent (id int)",
          "CREATE TABLE child () INHERITS (parent)",
          "INSERT INTO child VALUES (7)",
          "CREATE INDEX items_price ON items (price)",
          "CREATE VIEW dear AS SELECT * FROM items WHERE price > 100",
          "CREATE MATERIALIZED VIEW total AS SELECT sum(price) FROM items",
          "CREATE SEQUENCE numbers",
          "SELECT nextval('numbers')",
          "CREATE SEQUENCE steps INCREMENT BY 5 MINVALUE 1",
          "SELECT setval('steps', 6)",
          "CREATE SEQUENCE unused",
          "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
          "CREATE TABLE empty_table ()",
          "SELECT lo_from_bytea(4711, 'large'::bytea)");

  @TempDir static Path directory;
  private PostgresDatabase original;
  private PostgresDatabase replacement;

  @BeforeAll
  void createAndCopy() throws SQLException {
    original =
        PostgresDatabase.create(
            directory.resolve("original"),
            new PostgresDatabase.Origin("admin", PASSWORD, Optional.of("orders")));
    execute(original, CONTENT);
    original.snapshot(directory.resolve("snapshot"));
    replacement =
        PostgresDatabase.restore(directory.resolve("replacement"), directory.resolve("snapshot"));
  }

  @AfterAll
  void close() {
    original.close();
    replacement.close();
  }

  private static Connection connect(PostgresDatabase database, String password)
      throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + database.port() + "/orders", "admin", password);
  }

  @Test
  void contentOf_readsTheDatabaseOnceAndTellsTheSameAsAComparison() {
    AtomicInteger connections = new AtomicInteger();
    JdbcComparison comparison =
        JdbcComparison.builder()
            .database("orders")
            .connector(
                (endpoint, database) -> {
                  connections.incrementAndGet();
                  return connect(original, PASSWORD);
                })
            .build();
    DatabaseEndpoint endpoint = new DatabaseEndpoint("orders", "postgres", "127.0.0.1", 5432);

    List<Evidence> content = comparison.contentOf(endpoint);

    assertThat(connections).hasValue(1);
    assertThat(content).isEqualTo(comparison.verify(endpoint, endpoint).evidence());
  }

  private static void execute(PostgresDatabase database, List<String> statements)
      throws SQLException {
    try (Connection connection = connect(database, PASSWORD);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static DatabaseEndpoint endpoint(String name, PostgresDatabase database) {
    return new DatabaseEndpoint(name, "postgres", "127.0.0.1", database.port());
  }

  private Verification verify(String password) {
    return JdbcComparison.builder()
        .database("orders")
        .user("admin")
        .password(() -> password)
        .fetchSize(100)
        .build()
        .verify(endpoint("original", original), endpoint("replacement", replacement));
  }

  @Test
  void verify_whenTheContentIsTheSame_passesWithEvidenceForEveryTable() {
    Verification verification = verify(PASSWORD);

    assertThat(verification.evidence()).allMatch(Evidence::matches);
    assertThat(verification.evidence())
        .extracting(Evidence::subject)
        .contains(
            "orders table \"Odd \"\"schema\"\"; --\".\"tab'le\"",
            "orders table public.items",
            "orders table public.events_2026",
            "orders table public.parent",
            "orders table public.total",
            "orders table public.empty_table",
            "orders large object 4711",
            "orders sequence public.numbers");
    assertThat(
            verification.evidence().stream()
                .filter(e -> e.subject().equals("orders table public.items")))
        .allMatch(e -> e.actual().startsWith("5000 rows"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "orders table public.items       | UPDATE items SET price = price + 0.01 WHERE id = 4321",
        "orders table public.items       | UPDATE items SET ratio = ratio + 1e-14 WHERE id = 1",
        "orders table public.items       | DELETE FROM items WHERE id = 5000",
        "orders table public.twins       | UPDATE twins SET v = 2 WHERE ctid = '(0,1)'",
        "orders table \"Odd \"\"schema\"\"; --\".\"tab'le\""
            + "| UPDATE \"Odd \"\"schema\"\"; --\".\"tab'le\" SET \"sel ect\" = NULL",
        "orders table public.events_2026 | UPDATE events SET id = 2",
        "orders table public.child       | INSERT INTO child VALUES (8)",
        "orders table public.total       | UPDATE items SET price = 0; REFRESH MATERIALIZED VIEW"
            + " total",
        "orders table public.extra       | CREATE TABLE extra (id int)",
        "orders column public.twins.v    | ALTER TABLE twins ALTER v TYPE bigint",
        "orders index public.items_price | DROP INDEX items_price",
        "orders constraint public.items.items_id_check"
            + "| ALTER TABLE items DROP CONSTRAINT items_id_check",
        "orders view public.dear"
            + "| CREATE OR REPLACE VIEW dear AS SELECT * FROM items WHERE price > 101",
        "orders sequence public.numbers  | SELECT setval('numbers', 34)", // one too far
        "orders sequence public.steps    | SELECT setval('steps', 3)", // behind
        "orders sequence public.steps    | SELECT setval('steps', 7)", // between two steps
        "orders sequence public.steps    | ALTER SEQUENCE steps INCREMENT BY 1",
        "orders sequence public.unused   | SELECT nextval('unused')",
        "orders function public.one()    | CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE"
            + " sql AS 'SELECT 2'",
        "orders large object 4711        | SELECT lo_put(4711, 0, 'LARGE')",
        "orders unlogged table public.u  | CREATE UNLOGGED TABLE u (id int)"
      })
  void verify_whenOneThingDiffers_failsAndNamesIt(String subject, String change)
      throws SQLException {
    PostgresDatabase untouched = replacement;
    Path copy = directory.resolve("changed-" + Integer.toHexString((subject + change).hashCode()));
    try (PostgresDatabase changed = PostgresDatabase.restore(copy, directory.resolve("snapshot"))) {
      replacement = changed;
      execute(changed, List.of(change));

      Verification verification = verify(PASSWORD);

      assertThat(verification.evidence()).isNotEmpty().noneMatch(Evidence::matches);
      assertThat(verification.evidence()).extracting(Evidence::subject).contains(subject);
    } finally {
      replacement = untouched;
    }
  }

  @Test
  void verify_whenThePasswordIsWrong_saysWhichDatabaseAndNotThePassword() {
    assertThatThrownBy(() -> verify("wr0ng-MARKER"))
        .isInstanceOf(DataVerificationException.class)
        .hasMessageContaining("'orders' of DB instance original")
        .hasMessageContaining("28P01")
        .hasMessageContaining("refuses the user or the password")
        .satisfies(
            e -> {
              StringWriter trace = new StringWriter();
              e.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain("MARKER");
            });
  }

  @Test
  void verify_whenTheEngineIsAnother_saysSo() {
    DatabaseEndpoint mysql = new DatabaseEndpoint("shop", "mysql", "127.0.0.1", 3306);

    assertThatThrownBy(
            () ->
                JdbcComparison.builder()
                    .database("orders")
                    .user("admin")
                    .password(() -> PASSWORD)
                    .build()
                    .verify(mysql, mysql))
        .isInstanceOf(DataVerificationException.class)
        .hasMessageContaining("shop is mysql");
  }

  @Test
  void toString_tellsNoPassword() {
    JdbcComparison comparison =
        JdbcComparison.builder().database("orders").user("admin").password(() -> PASSWORD).build();

    assertThat(comparison.toString()).isEqualTo("JdbcComparison[orders]");
  }

  @Test
  void build_withoutDatabaseOrLogin_isRefused() {
    assertThatThrownBy(() -> JdbcComparison.builder().user("a").password(() -> "b").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("database(...)");
    assertThatThrownBy(() -> JdbcComparison.builder().database("orders").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user(...)");
  }
}
