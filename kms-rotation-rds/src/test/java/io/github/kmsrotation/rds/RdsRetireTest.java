package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.RotationException;
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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens while RETIRE awaits its approval does not cost the last copy of the data. */
class RdsRetireTest {

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

  private RotationRunner.Builder upToRetire() {
    return world
        .runner()
        .approval(Approvals.before(Phase.CUTOVER, request -> Approval.granted("test")));
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

  private RotationReport approvingAll(RotationPlan plan, String step, Runnable actionAfterIt) {
    return world
        .runner()
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .listener(after(step, actionAfterIt))
        .build()
        .run(plan);
  }

  private void scheduleDeletionOfTheNewKey() {
    world.kms.scheduleKeyDeletion(r -> r.keyId(world.keyArn).pendingWindowInDays(7));
  }

  private void protect(String identifier) {
    world.rds.modifyDBInstance(
        r -> r.dbInstanceIdentifier(identifier).deletionProtection(true).applyImmediately(true));
    world.settle();
  }

  private void assertRollsBack(RotationPlan plan) throws SQLException {
    RotationReport report = world.runner().build().rollBack(plan.runId());
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(100);
  }

  private void takeFinalName(RdsNames names) {
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier("orders-prod").dbSnapshotIdentifier(names.finalSnapshot()));
    world.settle();
  }

  private void delete(String identifier) {
    world.rds.deleteDBInstance(r -> r.dbInstanceIdentifier(identifier).skipFinalSnapshot(true));
    world.settle();
  }

  @Test
  void retire_whenTheReplacementIsGone_doesNotDeleteTheOriginal() {
    RotationPlan plan = world.planner().plan();
    assertThat(upToRetire().build().run(plan).status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    delete(RdsWorld.DATABASE); // the replacement, which serves: an accident while RETIRE waits

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isNotEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.rds().instances()).containsEntry(names(plan).asideName(), "available");
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
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
    // Not begun, so that the way back is open.
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(101);
  }

  /** The new key is on its way to deletion while RETIRE waits: the replacement is lost with it. */
  @Test
  void retire_whenTheNewKeyIsGoingToBeDeleted_isNotBegun() throws SQLException {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    scheduleDeletionOfTheNewKey();

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(world.keyArn, "PendingDeletion");
    assertThat(world.aws.rds().instances()).containsEntry(names(plan).asideName(), "available");
  }

  @Test
  void retire_whenTheNewKeyIsGoingToBeDeletedBeforeTheApproval_isNotAskedFor() {
    RotationPlan plan = world.planner().plan();

    RotationReport report = approvingAll(plan, "observe", this::scheduleDeletionOfTheNewKey);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("check-before-retire");
  }

  @Test
  void retire_whenItIsStoppedAfterTheDeletionProtectionCameOff_isRolledBackAndProtectedAgain()
      throws SQLException {
    protect(RdsWorld.DATABASE);
    RotationPlan plan = world.planner().plan();
    RotationReport stopped =
        approvingAll(plan, "unprotect-original", () -> takeFinalName(names(plan)));
    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("retire-original");
    assertThat(world.instance(names(plan).asideName()).deletionProtection()).isFalse();

    assertRollsBack(plan);

    assertThat(world.instance(RdsWorld.DATABASE).deletionProtection()).isTrue();
  }

  @Test
  void retire_whenSomebodyProtectsTheOriginalAgain_isStoppedAndRolledBack() throws SQLException {
    RotationPlan plan = world.planner().plan();

    RotationReport report =
        approvingAll(plan, "unprotect-original", () -> protect(names(plan).asideName()));

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("deletion protection");
    assertRollsBack(plan);
  }

  @Test
  void retire_whenAwsRefusesTheDeletion_isRolledBack() throws SQLException {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().on("DeleteDBInstance").error("AccessDenied", 403);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);

    assertRollsBack(plan);
  }

  @Test
  void rollBack_onceTheDeletionWasAskedFor_isRefused() {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().on("DeleteDBInstance").then(() -> breakDescribe());
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);
    world.aws.faults().clear();
    RotationRunner runner = world.runner().build();

    assertThatThrownBy(() -> runner.rollBack(plan.runId()))
        .isInstanceOf(RotationException.class)
        .hasMessageContaining("retire-original");
  }

  private void breakDescribe() {
    world.aws.faults().on("DescribeDBInstances").error("AccessDenied", 403);
  }

  /** A recovery may leave a sequence of the replacement ahead: the original is as it was. */
  @Test
  void retire_whenASequenceOfTheReplacementRecoveredAhead_isNotTakenForAWrite()
      throws SQLException {
    world.sql(RdsWorld.DATABASE, "CREATE SEQUENCE numbers", "SELECT nextval('numbers')");
    RotationPlan plan = world.planner().plan();

    RotationReport report =
        approvingAll(
            plan,
            "apply-settings",
            () -> run(names(plan).replacement(), "SELECT setval('numbers', 17)"));

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
  }

  private void run(String identifier, String sql) {
    try {
      world.sql(identifier, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The way out that the refusal names. */
  @Test
  void retire_whenTheOriginalThatTookWritesWasDeletedByHandWithItsFinalSnapshot_goesOn()
      throws SQLException {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    world.sql(names(plan).asideName(), "INSERT INTO orders VALUES (100000)");
    RotationReport refused = world.approving().resume(plan.runId());
    assertThat(refused.reason()).contains(names(plan).finalSnapshot());
    world.rds.deleteDBInstance(
        r ->
            r.dbInstanceIdentifier(names(plan).asideName())
                .finalDBSnapshotIdentifier(names(plan).finalSnapshot()));

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(Map.of(names(plan).finalSnapshot(), "available"));
  }

  /** The final DB snapshot that another made under the name is not this run's. */
  @Test
  void retire_whenTheNameOfTheFinalSnapshotIsTaken_saysSoInsteadOfWaitingADay() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    takeFinalName(names(plan));
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
    takeFinalName(names(plan));
    delete(names(plan).asideName());

    assertThat(world.approving().resume(plan.runId()).status()).isEqualTo(RunStatus.BLOCKED);
  }
}
