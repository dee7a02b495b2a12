package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
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

/** Rolling back takes nothing away that nothing else can stand in for, and hides no leftover. */
class RdsRollBackTest {

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

  private void delete(String identifier) {
    world.rds.deleteDBInstance(r -> r.dbInstanceIdentifier(identifier).skipFinalSnapshot(true));
    world.settle();
  }

  @Test
  void rollBack_whenTheOriginalIsGone_leavesTheReplacementServing() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    delete(names(plan).asideName()); // somebody tidied up while RETIRE waited

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.aws.rds().instances()).containsEntry(RdsWorld.DATABASE, "available");
    assertThat(world.application.freezes).containsExactly("freeze orders-prod", "thaw orders-prod");
  }

  /** Before the cutover, too, the replacement may hold the only data that is left. */
  @Test
  void rollBack_whenTheOriginalIsGoneBeforeTheCutover_keepsTheReplacement() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    delete(RdsWorld.DATABASE);

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.aws.rds().instances())
        .isEqualTo(Map.of(names(plan).replacement(), "available"));
    assertThat(world.aws.rds().snapshots()).hasSize(2);
  }

  @Test
  void rollBack_whenTheNameOfTheSnapshotThatKeepsWritesIsTaken_keepsTheReplacement() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    String taken = names(plan).rescueSnapshot();
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier(names(plan).asideName()).dbSnapshotIdentifier(taken));
    world.settle();

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(taken);
    assertThat(world.aws.rds().instances())
        .isEqualTo(Map.of("orders-prod", "available", names(plan).replacement(), "available"));
  }

  @Test
  void rollBack_whenTheReplacementThatServedIsGone_bringsTheOriginalBack() {
    RotationPlan plan = world.planner().plan();
    upToRetire().build().run(plan);
    delete(RdsWorld.DATABASE);

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
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

  /** The tag is what proves ownership, but a person may edit tags; the journal knows better. */
  @Test
  void rollBack_whenTheRunsTagWasTakenOff_doesNotSayThatNothingIsLeft() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    String arn = world.instance(names(plan).replacement()).dbInstanceArn();
    world.rds.removeTagsFromResource(r -> r.resourceName(arn).tagKeys(RunId.TAG_KEY));

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(names(plan).replacement(), RunId.TAG_KEY);
  }

  @Test
  void rollBack_whenTheRunsTagWasTakenOffASnapshot_doesNotSayThatNothingIsLeft() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    String snapshot = names(plan).snapshot();
    String arn =
        world
            .rds
            .describeDBSnapshots(r -> r.dbSnapshotIdentifier(snapshot))
            .dbSnapshots()
            .get(0)
            .dbSnapshotArn();
    world.rds.removeTagsFromResource(r -> r.resourceName(arn).tagKeys(RunId.TAG_KEY));

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(snapshot, RunId.TAG_KEY);
  }

  @Test
  void rollBack_whenAwsDoesNotShowTheNewSnapshotYet_doesNotLeaveItBehind() {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().on("CopyDBSnapshot").error("AccessDenied", 403);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);
    // The first is for the copy, which is not there indeed; the second for the DB snapshot.
    world.aws.faults().on("DescribeDBSnapshots").nth(2).error("DBSnapshotNotFound", 404);

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(world.aws.faults().fired()).as("with the one above").isEqualTo(2);
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

    assertThat(world.aws.faults().fired()).as("with the two above").isEqualTo(3);
    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
  }

  @Test
  void rollBack_whenCleaningUpIsDenied_letsWritersWriteAgainFirst() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    world.aws.faults().on("DeleteDBSnapshot").error("AccessDenied", 403);

    assertThat(world.runner().build().rollBack(plan.runId()).status()).isEqualTo(RunStatus.FAILED);

    assertThat(world.application.freezes).containsExactly("freeze orders-prod", "thaw orders-prod");
  }
}
