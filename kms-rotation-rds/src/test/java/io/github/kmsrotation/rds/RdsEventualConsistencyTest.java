package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.run.Sleeper;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A rotation bears that AWS shows what was made only later: here a minute, four polls of a step.
 */
class RdsEventualConsistencyTest {

  private static final Duration DELAY = Duration.ofMinutes(1);

  @TempDir Path directory;
  private RdsWorld world;

  @BeforeEach
  void createDatabase() throws SQLException {
    TestClock clock = TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"));
    world = new RdsWorld(directory, clock, UnusualSettings::apply, DELAY);
    world.sql(
        RdsWorld.DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY)",
        "INSERT INTO orders SELECT generate_series(1, 100)");
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rotation_endsTheSameWithTheSameResources() throws SQLException {
    RotationReport report = world.approving().run(world.planner().plan()).requireComplete();

    assertThat(world.instance(RdsWorld.DATABASE).kmsKeyId()).isEqualTo(world.keyArn);
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(100);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(Map.of("orders-prod-" + report.runId() + "-final", "available"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CreateDBSnapshot", "CopyDBSnapshot", "RestoreDBInstanceFromDBSnapshot"})
  void rollBack_beforeWhatWasMadeIsFound_leavesTheOriginalServingAndNothingElse(String operation)
      throws SQLException {
    String original = world.instance(RdsWorld.DATABASE).dbiResourceId();
    RotationPlan plan = world.planner().plan();
    assertThat(interruptedAfter(operation).run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();

    RotationReport report = world.runner().build().rollBack(plan.runId());
    world.settle();

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.instance(RdsWorld.DATABASE).dbiResourceId()).isEqualTo(original);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots()).isEmpty();
  }

  /** Stops at once when it would wait for what it has just made. */
  private RotationRunner interruptedAfter(String operation) {
    Sleeper sleeper =
        duration -> {
          if (!world.aws.calls().of(operation).isEmpty()) {
            throw new InterruptedException();
          }
          world.aws.clock().sleep(duration);
        };
    return world.runner().sleeper(sleeper).build();
  }
}
