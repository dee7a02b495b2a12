package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.rds.data.JdbcComparison;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A marker is planted as the password, and looked for in whatever a rotation leaves or says. */
class RdsSecretsTest {

  private static final String MARKER = "MARKER-8c1f";

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RdsWorld world;

  private void createDatabase(TestClock clock) throws SQLException {
    world = new RdsWorld(directory.resolve("journal"), clock, r -> {});
    world.sql(
        RdsWorld.DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY)",
        "INSERT INTO orders SELECT generate_series(1, 100)");
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void assertInNoFile() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContain(MARKER);
      }
    }
  }

  @Test
  void rotation_evenWithEveryLoggerTurnedOn_writesNoPasswordToLogOrJournal() throws Exception {
    assertThat(RdsApplication.PASSWORD).contains(MARKER);
    createDatabase(TestClock.running(3_000));
    Path output = directory.resolve("child-output.txt");

    int exit =
        RotationProcess.start(world, output, RotationProcess.TRACE, List.of("run")).waitFor();

    assertThat(exit).isZero();
    assertThat(Files.readString(output))
        .contains("TRACE", "DEBUG", "status=SUCCEEDED", "verify-data");
    assertInNoFile();
  }

  @Test
  void planReportAndOptions_sayNoPassword() throws Exception {
    createDatabase(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
    List<Object> said = new ArrayList<>();
    RdsOptions options = world.options().build();
    said.add(options);
    said.add(world.options());
    RotationPlan plan = world.planner().plan();
    said.add(plan);
    said.add(plan.toJson());
    said.add(plan.describe());
    RotationReport report =
        world
            .runner()
            .with(options)
            .listener(
                new RotationListener() {
                  @Override
                  public void onRunEnded(RotationReport ended) {
                    said.add(ended.describe());
                    said.add(ended.toJson());
                  }
                })
            .build()
            .run(plan);
    said.add(report);

    assertThat(said).hasSize(8).noneMatch(object -> object.toString().contains(MARKER));
    assertInNoFile();
  }

  @Test
  void failureToConnect_isReportedWithoutThePasswordThatWasTried() throws Exception {
    createDatabase(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
    world.sql(RdsWorld.DATABASE, "CREATE ROLE auditor LOGIN PASSWORD 'another'");
    RotationPlan plan = world.planner().plan();
    RdsOptions options =
        world
            .options()
            .verifyData(
                JdbcComparison.builder()
                    .database("nowhere")
                    .user("auditor")
                    .password(() -> "wrong-" + MARKER)
                    .build())
            .build();

    assertThatThrownBy(() -> world.planner().with(options).plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("nowhere")
        .hasMessageNotContaining(MARKER);
    RotationReport report = world.runner().with(options).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("nowhere");
    assertThat(report.toString() + report.describe()).doesNotContain(MARKER);
    assertThat(report.failure()).isPresent();
    StringWriter trace = new StringWriter();
    report.failure().get().printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).contains("nowhere").doesNotContain(MARKER);
    assertInNoFile();
  }

  @Test
  void rotation_whenAFunctionOfTheDatabaseHoldsAPassword_tellsItNowhere() throws Exception {
    createDatabase(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
    world.sql(
        RdsWorld.DATABASE,
        "CREATE FUNCTION remote() RETURNS text LANGUAGE sql AS $$SELECT 'host=stock password="
            + MARKER
            + "'$$");

    RotationReport report = world.approving().run(world.planner().plan()).requireComplete();

    assertThat(report.toJson()).contains("remote()").doesNotContain(MARKER);
    assertThat(report.toString() + report.describe()).doesNotContain(MARKER);
    assertInNoFile();
  }
}
