package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 2: whatever happens to the runner or to answers, the rotation ends the same way. */
class RdsCrashTest {

  /** What the plan needs at the least; a case that meets no fault is noticed. */
  private static final int MUTATING_CALLS = 8;

  @TempDir Path directory;
  private RdsWorld world;

  @BeforeEach
  void createDatabase() throws SQLException {
    world = new RdsWorld(directory);
    world.sql(
        RdsWorld.DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY)",
        "INSERT INTO orders SELECT generate_series(1, 100)");
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void assertRotatedOnce(RotationReport report) throws SQLException {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.instance(RdsWorld.DATABASE).kmsKeyId()).isEqualTo(world.keyArn);
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(100);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(Map.of("orders-prod-" + report.runId() + "-final", "available"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(int n) throws SQLException {
    RotationPlan plan = world.planner().plan();
    world.aws.calls().clear();
    world.aws.faults().onMutating().nth(n).dropAfter();

    assertRotatedOnce(world.approving().run(plan));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
    assertThat(world.aws.calls().mutating()).hasSizeGreaterThanOrEqualTo(MUTATING_CALLS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void rotation_whenAwsFailsAtTheNthCall_isResumedToTheSameEnd(int n) throws SQLException {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);

    RotationReport stopped = world.approving().run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.FAILED);

    assertRotatedOnce(world.approving().resume(plan.runId()));
  }
}
