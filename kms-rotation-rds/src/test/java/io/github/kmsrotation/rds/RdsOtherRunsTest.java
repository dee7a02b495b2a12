package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
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
import software.amazon.awssdk.services.rds.model.Tag;

/**
 * Two runs of one DB instance would work against each other: the second is refused, from a journal
 * of its own, too, since the first is seen by its tags.
 */
class RdsOtherRunsTest {

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private RdsWorld world;

  @BeforeEach
  void createDatabase() throws SQLException {
    world = new RdsWorld(directory);
    world.sql(RdsWorld.DATABASE, "CREATE TABLE orders (id bigint PRIMARY KEY)");
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RdsNames names(RotationPlan plan) {
    return new RdsNames(RdsWorld.DATABASE, plan.runId());
  }

  /** Of somebody who shares no journal with {@link RdsWorld#runner}. */
  private RotationRunner.Builder somebodyElse() {
    return world.runner().journal(FileJournal.in(elsewhere));
  }

  private RotationRunner somebodyElseApproving() {
    return somebodyElse().approval(Approvals.approveEveryPhaseIncludingDeletion()).build();
  }

  private void assertPlanningIsRefusedBecauseOf(RotationPlan other) {
    assertThatThrownBy(() -> world.planner().plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("Run " + other.runId())
        .hasMessageContaining("roll it back");
  }

  @Test
  void plan_whenAnotherRunOfTheSameDatabaseIsUnderWay_isRefused() {
    RotationPlan first = world.planner().plan();
    world.runner().build().run(first);

    assertPlanningIsRefusedBecauseOf(first);
  }

  @Test
  void plan_whenTheOtherRunsSnapshotsWereDeletedByHand_isRefusedAllTheSame() {
    RotationPlan first = world.planner().plan();
    world.runner().build().run(first);
    world.rds.deleteDBSnapshot(r -> r.dbSnapshotIdentifier(names(first).snapshot()));
    world.rds.deleteDBSnapshot(r -> r.dbSnapshotIdentifier(names(first).rekeyedSnapshot()));
    world.settle();

    assertPlanningIsRefusedBecauseOf(first);
  }

  @Test
  void plan_whenOnlyTheServingDatabaseTellsOfTheOtherRun_isRefused() {
    RotationPlan first = world.planner().plan();
    String arn = world.instance(RdsWorld.DATABASE).dbInstanceArn();
    world.rds.addTagsToResource(r -> r.resourceName(arn).tags(names(first).tag()));

    assertPlanningIsRefusedBecauseOf(first);
  }

  @Test
  void plan_afterTheOtherRunEnded_isMade() {
    world.approving().run(world.planner().plan()).requireComplete();
    RotationPlan rolledBack =
        world.planner().toKey(newKey()).because(RotationReason.NEW_KEY_REQUESTED).plan();
    world.runner().build().run(rolledBack);
    world.runner().build().rollBack(rolledBack.runId());

    assertThat(
            world
                .planner()
                .toKey(newKey())
                .because(RotationReason.NEW_KEY_REQUESTED)
                .plan()
                .steps())
        .isNotEmpty();
  }

  @Test
  void plan_whenSomethingElseCarriesTheTag_isMade() {
    Tag tag = Tag.builder().key(RunId.TAG_KEY).value("no run's id").build();
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier("orders-prod").dbSnapshotIdentifier("mine").tags(tag));
    world.settle();

    assertThat(world.planner().plan().steps()).isNotEmpty();
  }

  @Test
  void run_ofTwoThatWerePlannedTogether_isRefusedBeforeItFreezesAndThawsNothingWhenRolledBack() {
    RotationPlan first = world.planner().plan();
    RotationPlan second = world.planner().plan();
    somebodyElse().build().run(first);

    RotationReport refused = world.approving().run(second);
    assertThat(refused.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(refused.reason()).contains(first.runId().value());
    assertThat(world.runner().build().rollBack(second.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);

    assertThat(world.application.freezes).containsExactly("freeze orders-prod");
    somebodyElseApproving().resume(first.runId()).requireComplete();
    assertThat(world.application.freezes).containsExactly("freeze orders-prod", "thaw orders-prod");
  }

  @Test
  void rollBack_ofARunThatWasRefused_isPossibleAfterTheOtherRunEnded() {
    RotationPlan first = world.planner().plan();
    RotationPlan second = world.planner().plan();
    somebodyElse().build().run(first);
    assertThat(world.approving().run(second).status()).isEqualTo(RunStatus.BLOCKED);
    somebodyElseApproving().resume(first.runId()).requireComplete();

    RotationReport report = world.runner().build().rollBack(second.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void run_withoutAFreeze_isRefusedBeforeItsSnapshot() {
    RotationPlan first = world.planner().plan();
    RdsOptions options =
        RdsOptions.builder()
            .client(world.rds)
            .blueGreen(BlueGreen.NEVER)
            .iAcceptLosingWritesMadeAfterTheSnapshot()
            .iAcceptThatTheDataIsNotCompared()
            .build();
    RotationPlan second = world.planner().with(options).plan();
    somebodyElse().build().run(first);
    Map<String, String> before = world.aws.rds().snapshots();

    RotationReport refused = world.runner().with(options).build().run(second);

    assertThat(refused.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(refused.reason()).contains(first.runId().value());
    assertThat(world.aws.rds().snapshots()).isEqualTo(before);
  }

  private String newKey() {
    return world.kms.createKey().keyMetadata().arn();
  }
}
