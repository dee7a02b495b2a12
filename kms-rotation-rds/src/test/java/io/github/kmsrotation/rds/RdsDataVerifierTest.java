package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.rds.data.DataVerifier;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import io.github.kmsrotation.rds.data.JdbcComparison;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What would hinder the comparison of the data is a problem of the plan; what hinders it later says
 * in which state that leaves things.
 */
class RdsDataVerifierTest {

  private static final String MARKER = "MARKER-8c1f";

  private static final String NEXT_TRANSACTION =
      "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

  @TempDir static Path directory;
  private static RdsWorld world;

  @BeforeAll
  static void createDatabase() throws SQLException {
    world = new RdsWorld(directory);
    world.sql(
        RdsWorld.DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY)",
        "CREATE TABLE invoices (id bigint, tenant text)",
        "CREATE TABLE notes (id bigint)",
        "INSERT INTO orders SELECT generate_series(1, 100)",
        "CREATE SEQUENCE numbers",
        "CREATE SEQUENCE open_numbers",
        "SELECT lo_from_bytea(4711, 'large'::bytea)",
        "ALTER TABLE invoices ENABLE ROW LEVEL SECURITY",
        "CREATE ROLE auditor LOGIN PASSWORD 'audit-" + MARKER + "'",
        "GRANT SELECT ON orders, invoices, open_numbers TO auditor");
  }

  @AfterAll
  static void close() {
    world.close();
  }

  private static JdbcComparison.Builder comparison() {
    return JdbcComparison.builder()
        .database("orders")
        .user("orders_admin")
        .password(() -> RdsWorld.PASSWORD);
  }

  private static String url(String database) {
    var endpoint = world.instance(RdsWorld.DATABASE).endpoint();
    return "jdbc:postgresql://" + endpoint.address() + ":" + endpoint.port() + "/" + database;
  }

  private static List<Notice> problemsWith(DataVerifier verifier) {
    RdsOptions options = world.options().verifyData(verifier).build();
    PlanningException refusal =
        catchThrowableOfType(PlanningException.class, () -> world.planner().with(options).plan());
    assertThat(refusal).as("planning was refused").isNotNull();
    assertThat(trace(refusal)).contains("Nothing was changed").doesNotContain(MARKER);
    assertThat(refusal.problems()).noneMatch(p -> p.toString().contains("null"));
    return refusal.problems();
  }

  private static Notice problemWith(DataVerifier verifier) {
    List<Notice> problems = problemsWith(verifier);
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).resource()).isEqualTo(RdsWorld.DATABASE);
    return problems.get(0);
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  @Test
  void plan_withoutAJdbcDriver_namesTheArtifact() throws SQLException {
    List<Driver> drivers = DriverManager.drivers().toList();
    for (Driver driver : drivers) {
      DriverManager.deregisterDriver(driver);
    }
    try {
      Notice problem = problemWith(comparison().build());

      assertThat(problem.text()).contains(url("orders"), "no JDBC driver for PostgreSQL");
      assertThat(problem.remedy()).contains("org.postgresql:postgresql");
    } finally {
      for (Driver driver : drivers) {
        DriverManager.registerDriver(driver);
      }
    }
  }

  @Test
  void plan_withAWrongPassword_saysWhoWasRefusedWhere() {
    Notice problem = problemWith(comparison().password(() -> "wrong-" + MARKER).build());

    assertThat(problem.text())
        .contains("'orders'", url("orders"), "'orders_admin'", "28P01", "refuses the user");
    assertThat(problem.remedy()).contains("password(...)");
  }

  @Test
  void plan_withAnUnknownUser_saysWhoWasRefusedWhere() {
    Notice problem = problemWith(comparison().user("nobody").build());

    assertThat(problem.text()).contains(url("orders"), "'nobody'", "SQLSTATE 28");
  }

  @Test
  void plan_withAnUnknownDatabase_namesIt() {
    Notice problem = problemWith(comparison().database("oders").build());

    assertThat(problem.text()).contains(url("oders"), "no such database", "3D000");
    assertThat(problem.remedy()).contains("database(...)");
  }

  @Test
  void plan_whenSeveralDatabasesCannotBeRead_namesEveryOne() {
    assertThat(problemsWith(comparison().database("one").database("two").build()))
        .extracting(Notice::text)
        .satisfiesExactly(
            text -> assertThat(text).contains("'one'"), text -> assertThat(text).contains("'two'"));
  }

  @Test
  void plan_whenTheHostIsNotReached_saysWhatTheNetworkSaid() {
    Notice problem =
        problemWith(
            JdbcComparison.builder()
                .database("orders")
                .connector(
                    (endpoint, database) ->
                        DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:1/" + database, "a", "b-" + MARKER))
                .build());

    assertThat(problem.text()).contains("08001", "not reached", "ConnectException");
    assertThat(problem.remedy()).contains("security groups", "connector(...)");
  }

  /** DriverManager puts the URL into its message, and some put the password into the URL. */
  @Test
  void plan_whenAConnectorsExceptionHoldsThePassword_saysTheRestOfIt() {
    Notice problem =
        problemWith(
            JdbcComparison.builder()
                .database("orders")
                .connector(
                    (endpoint, database) ->
                        DriverManager.getConnection("jdbc:oops://host/?password=" + MARKER))
                .build());

    assertThat(problem.text()).contains("08001", "by the connector");
  }

  @Test
  void plan_whenTheUserMayNotReadEverything_namesWhatAndWhatToGrant() {
    Notice problem =
        problemWith(comparison().user("auditor").password(() -> "audit-" + MARKER).build());

    assertThat(problem.text())
        .contains(
            "'auditor'",
            "42501",
            "table public.notes",
            "table public.invoices",
            "sequence public.numbers",
            "a large object")
        .doesNotContain("public.orders", "open_numbers");
    assertThat(problem.remedy()).contains("SELECT", "pg_read_all_data", "BYPASSRLS");
  }

  @Test
  void plan_whenSomebodyLocksATable_saysSoInsteadOfWaiting() throws SQLException {
    try (Connection other = world.connect(RdsWorld.DATABASE);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE notes");

      assertThat(problemWith(comparison().build()).text())
          .contains("table public.notes", "somebody else has locked it");
    }
  }

  @Test
  void plan_whenTheVerifierThrows_isOneProblemBesideTheOthers() {
    DataVerifier failing =
        new DataVerifier() {
          @Override
          public Verification verify(DatabaseEndpoint original, DatabaseEndpoint replacement) {
            throw new AssertionError("planning does not compare");
          }

          @Override
          public List<Notice> preflight(DatabaseEndpoint original) {
            throw new IllegalStateException("the bastion is down");
          }
        };

    assertThat(problemsWith(failing))
        .extracting(Notice::text)
        .singleElement()
        .asString()
        .contains("IllegalStateException: the bastion is down");
  }

  @Test
  void plan_withACallersVerifierThatTriesNothing_asksItNothing() {
    DataVerifier verifier =
        (original, replacement) -> {
          throw new AssertionError("planning does not compare");
        };

    RotationPlan plan = world.planner().with(world.options().verifyData(verifier).build()).plan();

    assertThat(plan.describe()).contains("Compare the data of both databases");
  }

  @Test
  void preflight_changesNothingInTheDatabase() throws SQLException {
    long before = world.count(RdsWorld.DATABASE, NEXT_TRANSACTION);

    world.planner().with(world.options().verifyData(comparison().build()).build()).plan();

    assertThat(world.count(RdsWorld.DATABASE, NEXT_TRANSACTION))
        .as("a transaction that writes is given an id")
        .isEqualTo(before);
  }

  @Test
  void run_whenTheComparisonFails_saysWhatIsLeftAndWhatToDoNext() {
    RotationPlan plan = world.planner().plan();
    RdsOptions broken =
        world
            .options()
            .verifyData(
                JdbcComparison.builder()
                    .database("orders")
                    .connector(
                        (endpoint, database) -> {
                          throw new SQLException(
                              "for jdbc:x?password=" + MARKER,
                              "08001",
                              new UnknownHostException("orders.example"));
                        })
                    .build())
            .build();

    RotationReport report = world.runner().with(broken).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason())
        .contains("verify-data", "'orders'", "08001", "UnknownHostException: orders.example")
        .contains("'orders-prod' serves unchanged", "writers are still frozen")
        .contains(new RdsNames(RdsWorld.DATABASE, plan.runId()).replacement())
        .contains("resume run " + plan.runId(), "roll it back")
        .doesNotContain("Nothing was changed", MARKER);
    assertThat(trace(report.failure().orElseThrow()))
        .contains("orders.example")
        .doesNotContain(MARKER);
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void toStringOfOptions_saysWhatIsAccepted() {
    assertThat(world.options().iAcceptThatTheDataIsNotCompared().build().toString())
        .contains(
            "iAcceptThatTheDataIsNotCompared=true",
            "iAcceptLosingWritesMadeAfterTheSnapshot=false");
    assertThat(world.options().iAcceptLosingWritesMadeAfterTheSnapshot().build().toString())
        .contains(
            "iAcceptThatTheDataIsNotCompared=false",
            "iAcceptLosingWritesMadeAfterTheSnapshot=true");
  }
}
