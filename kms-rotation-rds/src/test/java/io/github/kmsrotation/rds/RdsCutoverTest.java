package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** What happens while the cutover awaits its approval, and on its way, is seen or borne. */
class RdsCutoverTest {

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

  private static RdsNames names(RotationPlan plan) {
    return new RdsNames(RdsWorld.DATABASE, plan.runId());
  }

  private RdsOptions trusting() {
    return RdsOptions.builder()
        .client(world.rds)
        .kmsClient(world.kms)
        .blueGreen(BlueGreen.NEVER)
        .iAcceptLosingWritesMadeAfterTheSnapshot()
        .iAcceptThatTheDataIsNotCompared()
        .build();
  }

  private RotationRunner.Builder upToRetire() {
    return world
        .runner()
        .approval(Approvals.before(Phase.CUTOVER, request -> Approval.granted("test")));
  }

  private RotationRunner approving(RdsOptions options) {
    return world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  private void delete(String identifier) {
    world.rds.deleteDBInstance(r -> r.dbInstanceIdentifier(identifier).skipFinalSnapshot(true));
    world.settle();
  }

  private static RotationListener after(String step, Runnable action) {
    return new RotationListener() {
      @Override
      public void onStepDone(RotationPlan plan, StepDescription done, StepOutcome.Done outcome) {
        if (done.id().equals(step)) {
          action.run();
        }
      }
    };
  }

  private void backUp(String identifier) {
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier(identifier).dbSnapshotIdentifier("nightly"));
  }

  @Test
  void run_whenTheOriginalGotAReadReplicaSincePlanning_isRefused() {
    RotationPlan plan = world.planner().with(trusting()).plan();
    world.rds.createDBInstanceReadReplica(
        r -> r.dbInstanceIdentifier("orders-report").sourceDBInstanceIdentifier("orders-prod"));
    world.settle();
    RotationReport report = approving(trusting()).run(plan);

    assertThat(report.status())
        .as(world.aws.rds().instances().toString())
        .isEqualTo(RunStatus.BLOCKED);
  }

  /** An outage for a run that is refused in the end would be for nothing. */
  @Test
  void freeze_whenTheOriginalGotAReadReplicaSincePlanning_isNotBegun() {
    RotationPlan plan = world.planner().plan();
    world.rds.createDBInstanceReadReplica(
        r -> r.dbInstanceIdentifier("orders-report").sourceDBInstanceIdentifier("orders-prod"));
    world.settle();

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("orders-report");
    assertThat(world.application.freezes).isEmpty();
  }

  @Test
  void verifySettings_whenTheFirstBackupOfTheReplacementBegins_waitsForItsEnd() {
    RotationPlan plan = world.planner().plan();
    RotationReport report =
        world
            .runner()
            .listener(after("apply-settings", () -> backUp(names(plan).replacement())))
            .build()
            .run(plan);

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
  }

  @Test
  void cutover_whenTheReplacementIsGone_doesNotTakeTheOriginalAside() {
    RotationPlan plan = world.planner().with(trusting()).plan();
    RotationReport stopped = world.runner().with(trusting()).build().run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    delete(names(plan).replacement());

    RotationReport report = approving(trusting()).resume(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.aws.rds().instances()).containsEntry(RdsWorld.DATABASE, "available");
  }

  @Test
  void cutover_whenTheOriginalWasChangedSinceTheVerification_isRefused() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    world.rds.modifyDBInstance(
        r ->
            r.dbInstanceIdentifier(RdsWorld.DATABASE)
                .vpcSecurityGroupIds("sg-0a1b2c3d4e5f60009")
                .backupRetentionPeriod(30)
                .applyImmediately(true));
    world.settle();
    DBInstance original = world.instance(RdsWorld.DATABASE);
    assertThat(original.backupRetentionPeriod()).isEqualTo(30);

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("BackupRetentionPeriod", "VpcSecurityGroupIds");
    assertThat(world.aws.rds().instances()).containsEntry(RdsWorld.DATABASE, "available");
  }

  /** Comparing the data takes hours, in which somebody may change the original. */
  @Test
  void cutover_whenTheOriginalWasChangedWhileTheDataWasCompared_isRefused() {
    RotationPlan plan = world.planner().plan();

    RotationReport report =
        world
            .runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(after("check-no-writes", this::keepBackupsLonger))
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("BackupRetentionPeriod");
    assertThat(world.aws.rds().instances()).containsEntry(RdsWorld.DATABASE, "available");
  }

  private void keepBackupsLonger() {
    world.rds.modifyDBInstance(
        r ->
            r.dbInstanceIdentifier(RdsWorld.DATABASE)
                .backupRetentionPeriod(30)
                .applyImmediately(true));
    world.settle();
  }

  @Test
  void resume_whenFiveAnswersOfTheTakeOverWereLostBeforeTheyArrived_triesAgain() {
    RotationPlan plan = world.planner().plan();
    RotationReport stopped =
        world
            .runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(
                after(
                    "step-aside",
                    () -> world.aws.faults().on("ModifyDBInstance").times(20).dropBefore()))
            .build()
            .run(plan);
    assertThat(stopped.status()).isIn(RunStatus.BLOCKED, RunStatus.FAILED);
    world.aws.faults().clear();
    world.settle();

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void thaw_whenAwsDoesNotShowTheNewNameAtOnce_waitsInsteadOfSayingThatSomebodyDeletedIt() {
    RotationPlan plan = world.planner().plan();
    RotationReport report =
        world
            .runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(
                after(
                    "take-over",
                    () ->
                        world
                            .aws
                            .faults()
                            .on("DescribeDBInstances")
                            .error("DBInstanceNotFound", 404)))
            .build()
            .run(plan);

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void observe_whenTheNightlyBackupBegins_waitsForItsEnd() {
    RotationPlan plan = world.planner().plan();
    RotationReport report =
        upToRetire()
            .listener(after("thaw-writes", () -> backUp(RdsWorld.DATABASE)))
            .build()
            .run(plan);

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
  }
}
