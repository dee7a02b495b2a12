package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.rds.model.DBInstance;

/** What people and AWS do meanwhile breaks no promise. */
class RdsSafetyTest {

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

  // Destroying, and taking away what serves, without looking whether the other side is there.

  @Test
  void retire_whenTheReplacementIsGone_doesNotDeleteTheOriginal() {
    RotationPlan plan = world.planner().plan();
    assertThat(upToRetire().build().run(plan).status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    delete(RdsWorld.DATABASE); // the replacement, which serves: an accident while RETIRE waits

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isNotEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.rds().instances()).containsEntry(names(plan).asideName(), "available");
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
  void rollBack_whenTheOriginalIsGone_leavesTheReplacementServing() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    delete(names(plan).asideName()); // somebody tidied up while RETIRE waited

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.aws.rds().instances()).containsEntry(RdsWorld.DATABASE, "available");
  }

  @Test
  void rollBack_whenTheReplacementWasRenamedByHand_doesNotDeleteIt() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    world.rds.modifyDBInstance(
        r ->
            r.dbInstanceIdentifier(names(plan).replacement())
                .newDBInstanceIdentifier("orders-live")
                .applyImmediately(true));
    world.settle();

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(world.aws.rds().instances()).containsEntry("orders-live", "available");
    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
  }

  /**
   * A client with a cached address reaches the original under its new name, and may write to it.
   */
  @Test
  void retire_whenTheOriginalTookWritesAfterTheCutover_isNotBegun() throws SQLException {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    world.sql(names(plan).asideName(), "INSERT INTO orders VALUES (100000)");

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isNotEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.rds().instances()).containsEntry(names(plan).asideName(), "available");
  }

  /** The new key is on its way to deletion while RETIRE waits: the replacement is lost with it. */
  @Test
  void retire_whenTheNewKeyIsGoingToBeDeleted_isNotBegun() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    world.kms.scheduleKeyDeletion(r -> r.keyId(world.keyArn).pendingWindowInDays(7));

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isNotEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.rds().instances()).containsEntry(names(plan).asideName(), "available");
  }

  /** The tag is what proves ownership, but a person may edit tags; the journal knows better. */
  @Test
  void rollBack_whenTheRunsTagWasTakenOff_doesNotSayThatNothingIsLeft() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    String arn = world.instance(names(plan).replacement()).dbInstanceArn();
    world.rds.removeTagsFromResource(r -> r.resourceName(arn).tagKeys(RunId.TAG_KEY));

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status() == RunStatus.ROLLED_BACK)
        .as(report.reason())
        .isEqualTo(world.aws.rds().instances().equals(Map.of("orders-prod", "available")));
  }

  // What was true at planning or verification is believed much later.

  @Test
  void cutover_whenTheOriginalWasChangedSinceTheVerification_isRefusedOrCarriesItOver() {
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

    if (report.status() == RunStatus.SUCCEEDED) {
      DBInstance after = world.instance(RdsWorld.DATABASE);
      assertThat(SettingsVerifier.compare(original, after)).allMatch(e -> e.matches());
    }
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

  // AWS shows what was made later than it answers.

  @Test
  void rollBack_whenAwsDoesNotShowTheNewSnapshotYet_doesNotLeaveItBehind() {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().on("CopyDBSnapshot").error("AccessDenied", 403);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);
    // The first is for the copy, which is not there indeed; the second for the DB snapshot.
    world.aws.faults().on("DescribeDBSnapshots").nth(2).error("DBSnapshotNotFound", 404);

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().snapshots()).isEmpty();
  }

  @Test
  void rollBack_whenAwsDoesNotShowTheReplacementYet_doesNotLeaveItBehind() {
    RotationPlan plan = world.planner().plan();
    // Restored, the answer lost, and the next look denied: the run stops, and is rolled back.
    world
        .aws
        .faults()
        .on("RestoreDBInstanceFromDBSnapshot")
        .then(() -> world.aws.faults().on("DescribeDBInstances").error("AccessDenied", 403));
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);
    world.aws.faults().clear();
    world.aws.faults().on("DescribeDBInstances").error("DBInstanceNotFound", 404);

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
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

  // States that pass by themselves.

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

  private void backUp(String identifier) {
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier(identifier).dbSnapshotIdentifier("nightly"));
  }

  // Order of rolling back.

  @Test
  void rollBack_whenCleaningUpIsDenied_letsWritersWriteAgainFirst() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    world.aws.faults().on("DeleteDBSnapshot").error("AccessDenied", 403);

    assertThat(world.runner().build().rollBack(plan.runId()).status()).isEqualTo(RunStatus.FAILED);

    assertThat(world.application.freezes).containsExactly("freeze orders-prod", "thaw orders-prod");
  }

  // A later attempt is an attempt.

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

  /** The final DB snapshot that another made under the name is not this run's. */
  @Test
  void retire_whenTheNameOfTheFinalSnapshotIsTaken_saysSoInsteadOfWaitingADay() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    world.rds.createDBSnapshot(
        r ->
            r.dbInstanceIdentifier("orders-prod")
                .dbSnapshotIdentifier(names(plan).finalSnapshot()));
    world.settle();
    java.time.Instant before = world.aws.clock().instant();

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(java.time.Duration.between(before, world.aws.clock().instant()))
        .isLessThan(java.time.Duration.ofHours(1));
  }

  /** ... nor is it proof that the original's data was kept. */
  @Test
  void retire_whenTheFinalSnapshotIsOfAnotherInstance_doesNotSayThatTheOriginalIsInIt() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    world.rds.createDBSnapshot(
        r ->
            r.dbInstanceIdentifier("orders-prod")
                .dbSnapshotIdentifier(names(plan).finalSnapshot()));
    world.settle();
    delete(names(plan).asideName());

    assertThat(world.approving().resume(plan.runId()).status()).isEqualTo(RunStatus.BLOCKED);
  }
}
