package io.github.kmsrotation.rds.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.testkit.postgres.DataDirectories;
import io.github.kmsrotation.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a comparison could see less, or tell more, than there is. */
class JdbcBlindSpotsTest {

  private static final String PASSWORD = "pa55word-MARKER-51d0";

  @TempDir Path directory;
  private PostgresDatabase original;
  private Optional<PostgresDatabase> replacement = Optional.empty();

  @BeforeEach
  void create() {
    original =
        PostgresDatabase.create(
            directory.resolve("original"),
            new PostgresDatabase.Origin("admin", PASSWORD, Optional.of("orders")));
  }

  @AfterEach
  void close() {
    original.close();
    replacement.ifPresent(PostgresDatabase::close);
  }

  private static void execute(PostgresDatabase database, String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + database.port() + "/orders", "admin", PASSWORD);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Verification verify() {
    return verify(comparison().build());
  }

  private static JdbcComparison.Builder comparison() {
    return JdbcComparison.builder().database("orders").user("admin").password(() -> PASSWORD);
  }

  private void copy() {
    original.snapshot(directory.resolve("snapshot"));
    replacement =
        Optional.of(
            PostgresDatabase.restore(
                directory.resolve("replacement"), directory.resolve("snapshot")));
  }

  private Verification verify(JdbcComparison comparison) {
    return comparison.verify(
        endpoint("original", original), endpoint("replacement", replacement.orElseThrow()));
  }

  private static DatabaseEndpoint endpoint(String name, PostgresDatabase database) {
    return new DatabaseEndpoint(name, "postgres", "127.0.0.1", database.port());
  }

  /** The master user of RDS is no superuser, so row security hides rows from it, too. */
  @Test
  void verify_whenRowSecurityHidesRowsThatDiffer_saysSo() throws SQLException {
    execute(
        original,
        "CREATE ROLE app",
        "GRANT app TO admin",
        "SET ROLE app",
        "CREATE TABLE invoices (tenant int, amount int)",
        "INSERT INTO invoices SELECT i, i FROM generate_series(1, 100) i",
        "ALTER TABLE invoices ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON invoices TO admin",
        "RESET ROLE",
        "REVOKE app FROM admin");
    copy();
    execute(
        replacement.orElseThrow(),
        "GRANT app TO admin",
        "SET ROLE app",
        "DELETE FROM invoices WHERE tenant > 10",
        "RESET ROLE",
        "REVOKE app FROM admin");

    assertThatThrownBy(this::verify)
        .isInstanceOf(DataVerificationException.class)
        .hasMessageContaining("'orders' of DB instance original")
        .hasMessageContaining("table public.invoices")
        .hasMessageContaining("row security");
  }

  /** PostgreSQL's view of sequences says "unused" of those that one may not read. */
  @Test
  void verify_whenASequenceMayNotBeRead_saysSo() throws SQLException {
    execute(
        original,
        "CREATE ROLE app",
        "GRANT app TO admin",
        "SET ROLE app",
        "CREATE SEQUENCE numbers",
        "RESET ROLE",
        "REVOKE app FROM admin");
    copy();

    assertThatThrownBy(this::verify)
        .isInstanceOf(DataVerificationException.class)
        .hasMessageContaining("sequence public.numbers");
  }

  @Test
  void verify_tellsNoDefinition() throws SQLException {
    execute(
        original,
        "CREATE FUNCTION remote() RETURNS text LANGUAGE sql AS $$SELECT 'MARKER'$$",
        "CREATE TABLE links (url text DEFAULT 'MARKER' CHECK (url <> 'MARKER'))",
        "CREATE INDEX ON links (url) WHERE url = 'MARKER'",
        "CREATE VIEW remotes AS SELECT 'MARKER'",
        "CREATE TRIGGER suppress BEFORE UPDATE ON links FOR EACH ROW WHEN (NEW.url = 'MARKER')"
            + " EXECUTE FUNCTION suppress_redundant_updates_trigger()");
    copy();
    Verification same = verify();
    execute(
        replacement.orElseThrow(),
        "CREATE OR REPLACE FUNCTION remote() RETURNS text LANGUAGE sql AS $$SELECT 'MARKER2'$$");
    Verification different = verify();

    assertThat(same.isPassed()).isTrue();
    assertThat(same.evidence().toString()).contains("remote()", "remotes").doesNotContain("MARKER");
    assertThat(different.isPassed()).isFalse();
    assertThat(different.evidence().toString()).contains("remote()").doesNotContain("MARKER");
  }

  /** As where RDS manages the master user's password, and gives the replacement a new one. */
  @Test
  void verify_whenTheTwoHaveDifferentPasswords_asksForEach() throws SQLException {
    copy();
    execute(replacement.orElseThrow(), "ALTER ROLE admin PASSWORD 'another'");

    Verification found =
        verify(
            comparison()
                .passwordOf(
                    endpoint ->
                        endpoint.dbInstanceIdentifier().equals("original") ? PASSWORD : "another")
                .build());

    assertThat(found.isPassed()).isTrue();
  }

  @Test
  void verify_whenTheServerIsSilentForTooLong_failsInsteadOfWaitingForever() throws SQLException {
    execute(original, "CREATE TABLE locked (id int)");
    copy();
    try (Connection other =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + original.port() + "/orders", "admin", PASSWORD);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE locked");
      JdbcComparison impatient = comparison().readTimeout(Duration.ofSeconds(1)).build();

      assertThatThrownBy(() -> verify(impatient))
          .isInstanceOf(DataVerificationException.class)
          .hasMessageContaining("table public.locked")
          .hasMessageContaining("08006");
    }
  }

  @Test
  void readTimeout_outOfRange_isRefused() {
    assertThatThrownBy(() -> comparison().readTimeout(Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> comparison().readTimeout(Duration.ofHours(25)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * A DB snapshot is of the storage. If PostgreSQL recovers from it as after a crash, a sequence
   * jumps up to 32 values ahead, which PostgreSQL allows itself: a sequence's values are logged in
   * advance. The embedded RDS makes a checkpoint first, which hides that.
   */
  @Test
  void verify_whenARecoveryLetASequenceJumpAhead_passes() throws SQLException, IOException {
    execute(
        original,
        "CREATE TABLE orders (id bigserial PRIMARY KEY, item text)",
        "INSERT INTO orders (item) SELECT 'item' FROM generate_series(1, 5)",
        "SET synchronous_commit TO on",
        "CREATE TABLE flushed ()");
    crashCopy(directory.resolve("original"), directory.resolve("snapshot"));
    replacement =
        Optional.of(
            PostgresDatabase.restore(
                directory.resolve("replacement"), directory.resolve("snapshot")));

    Verification found = verify();

    assertThat(found.isPassed()).as(found.evidence().toString()).isTrue();
  }

  /** What is on the disk now, as a snapshot of a volume has it. */
  private static void crashCopy(Path from, Path to) throws IOException {
    DataDirectories.copy(from, to);
    Files.deleteIfExists(to.resolve("postmaster.pid"));
    Files.deleteIfExists(to.resolve("postmaster.opts"));
  }
}
