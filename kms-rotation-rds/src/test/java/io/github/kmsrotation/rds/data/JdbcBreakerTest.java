package io.github.kmsrotation.rds.data;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the comparison of data sees less, or more, than there is. */
class JdbcBreakerTest {

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
    return JdbcComparison.builder()
        .database("orders")
        .user("admin")
        .password(() -> PASSWORD)
        .build()
        .verify(endpoint("original", original), endpoint("replacement", replacement.orElseThrow()));
  }

  private static DatabaseEndpoint endpoint(String name, PostgresDatabase database) {
    return new DatabaseEndpoint(name, "postgres", "127.0.0.1", database.port());
  }

  /** The master user of RDS is no superuser, so row security hides rows from it, too. */
  @Test
  void verify_whenRowSecurityHidesRowsThatDiffer_doesNotPass() throws SQLException {
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
    original.snapshot(directory.resolve("snapshot"));
    PostgresDatabase copy =
        PostgresDatabase.restore(directory.resolve("replacement"), directory.resolve("snapshot"));
    replacement = Optional.of(copy);
    execute(
        copy,
        "GRANT app TO admin",
        "SET ROLE app",
        "DELETE FROM invoices WHERE tenant > 10",
        "RESET ROLE",
        "REVOKE app FROM admin");

    boolean passed;
    try {
      passed = verify().isPassed();
    } catch (DataVerificationException e) {
      passed = false;
    }

    assertThat(passed).as("passed, though 90 of 100 rows are missing").isFalse();
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
