package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in AWS during a run stops it, says what to do, and can be rolled back. */
class RdsStopsTest {

  @TempDir Path directory;
  private RdsWorld world;
  private RotationPlan plan;
  private String originalResourceId;

  @BeforeEach
  void createDatabase() throws SQLException {
    world = new RdsWorld(directory);
    world.sql(
        RdsWorld.DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY)",
        "INSERT INTO orders SELECT generate_series(1, 100)");
    originalResourceId = world.instance(RdsWorld.DATABASE).dbiResourceId();
    plan = world.planner().plan();
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RdsNames names() {
    return new RdsNames(RdsWorld.DATABASE, plan.runId());
  }

  private void assertNothingWasLost() throws SQLException {
    assertThat(world.instance(RdsWorld.DATABASE).dbiResourceId()).isEqualTo(originalResourceId);
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(100);
  }

  private void assertRollsBack() throws SQLException {
    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots()).isEmpty();
    assertNothingWasLost();
  }

  @Test
  void run_whenTheReplacementNeverBecomesAvailable_stopsAfterItsPatienceAndSaysWhatItWaitedFor()
      throws SQLException {
    world.aws.rds().neverFinish("RestoreDBInstanceFromDBSnapshot");
    RotationRunner impatient =
        world.runner().with(world.options().patience(Duration.ofHours(2)).build()).build();

    RotationReport report = impatient.run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(names().replacement(), "creating", "Waited 2 hours for");
    assertNothingWasLost();
  }

  @Test
  void run_whenTheNewKeyIsDisabledDuringTheCopy_stopsWithTheFailedCopyAndRollsBack()
      throws SQLException {
    world.aws.faults().on("CopyDBSnapshot").then(this::disableKey);

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(names().rekeyedSnapshot(), "failed");
    assertRollsBack();
  }

  private void disableKey() {
    world.kms.disableKey(r -> r.keyId(world.keyArn));
  }

  @Test
  void run_whenTheNewKeyIsDisabledBeforeTheCopy_stopsWithAwsRefusalAndIsResumedOnceEnabled()
      throws SQLException {
    world.aws.faults().on("CreateDBSnapshot").then(this::disableKey);

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("not enabled");
    assertNothingWasLost();

    world.kms.enableKey(r -> r.keyId(world.keyArn));
    assertThat(world.approving().resume(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void run_whenSomebodyTookANameMeanwhile_leavesTheirResourceAlone() throws SQLException {
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier("orders-prod").dbSnapshotIdentifier(names().snapshot()));
    world.settle();

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(names().snapshot());
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().snapshots()).isEqualTo(Map.of(names().snapshot(), "available"));
    assertNothingWasLost();
  }

  @Test
  void run_whenTheFreezeHookFails_stopsBeforeAnythingIsMade() throws SQLException {
    RdsOptions options =
        world
            .options()
            .writeFreeze(
                new WriteFreeze() {
                  @Override
                  public void freeze(DatabaseEndpoint database) {
                    throw new IllegalStateException("the deployment could not be scaled down");
                  }

                  @Override
                  public void thaw(DatabaseEndpoint database) {}
                })
            .build();

    RotationReport report = world.runner().with(options).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("the deployment could not be scaled down");
    assertThat(world.aws.rds().snapshots()).isEmpty();
    assertRollsBack();
  }

  @Test
  void run_whenTheOriginalIsDeletedByHand_saysSoAndDeletesNothingMore() throws SQLException {
    world.runner().build().run(plan);
    world.rds.deleteDBInstance(
        r -> r.dbInstanceIdentifier(RdsWorld.DATABASE).skipFinalSnapshot(true));
    world.settle();

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isIn(RunStatus.BLOCKED, RunStatus.FAILED);
    assertThat(report.reason()).contains("not there any more");
    assertThat(world.count(names().replacement(), "SELECT count(*) FROM orders")).isEqualTo(100);
  }
}
