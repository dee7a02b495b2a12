package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.run.SweepReport;
import io.github.kmsrotation.run.SweepReport.Fate;
import io.github.kmsrotation.run.SweepScope;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.rds.model.BlueGreenDeployment;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/** A sweep removes a replacement that does not serve, with a final DB snapshot, and no more. */
class RdsSweepTest {

  private static final Approval YES = Approval.iAcceptThatThisCannotBeUndone("a test");

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

  private RotationReport runUpToCutover() {
    RotationReport report = world.runner().build().run(world.planner().plan());
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    return report;
  }

  private RotationRunner withoutItsJournal() {
    return world.runner().journal(FileJournal.in(elsewhere)).build();
  }

  private List<String> instances() {
    return world.rds.describeDBInstances().dbInstances().stream()
        .map(DBInstance::dbInstanceIdentifier)
        .toList();
  }

  private List<String> snapshots() {
    return world.rds.describeDBSnapshots(r -> r.snapshotType("manual")).dbSnapshots().stream()
        .map(DBSnapshot::dbSnapshotIdentifier)
        .toList();
  }

  @Test
  void sweep_whileTheRunHasNotEndedOrIsUnknown_removesNothing() {
    RdsNames names = new RdsNames(RdsWorld.DATABASE, runUpToCutover().runId());
    List<String> all = List.of(names.replacement(), names.snapshot(), names.rekeyedSnapshot());

    SweepReport known =
        world.runner().build().sweep("rds", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);
    SweepReport unknown =
        withoutItsJournal().sweep("rds", SweepScope.RUNS_OF_THE_JOURNAL, toRemove -> YES);

    assertThat(known.resources(Fate.RUN_NOT_ENDED)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(unknown.resources(Fate.RUN_UNKNOWN)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(instances()).contains(RdsWorld.DATABASE, names.replacement());
    assertThat(snapshots()).contains(names.snapshot(), names.rekeyedSnapshot());
  }

  @Test
  void sweep_ofUnknownRunsApproved_leavesTheOriginalAndAFinalSnapshot() {
    RdsNames names = new RdsNames(RdsWorld.DATABASE, runUpToCutover().runId());

    SweepReport report =
        withoutItsJournal().sweep("rds", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);
    world.settle();

    assertThat(report.resources(Fate.REMOVED))
        .containsExactlyInAnyOrder(names.replacement(), names.snapshot(), names.rekeyedSnapshot());
    assertThat(instances()).containsExactly(RdsWorld.DATABASE);
    assertThat(snapshots()).containsExactly(names.rescueSnapshot());
  }

  private RunId runByDeploymentUpToCutover() {
    RdsOptions options = RdsOptions.builder().client(world.rds).kmsClient(world.kms).build();
    RotationPlan plan = world.planner().with(options).plan();
    RotationReport report = world.runner().with(options).build().run(plan);
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    return plan.runId();
  }

  private BlueGreenDeployment deployment() {
    return world.rds.describeBlueGreenDeployments(r -> {}).blueGreenDeployments().get(0);
  }

  @Test
  void sweep_ofADeploymentThatWasNotSwitchedOver_takesItsGreenDbInstanceAlong() {
    runByDeploymentUpToCutover();
    String id = deployment().blueGreenDeploymentIdentifier();

    SweepReport report =
        withoutItsJournal().sweep("rds", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);
    world.settle();

    assertThat(report.resources(Fate.REMOVED)).containsExactly(id);
    assertThat(instances()).containsExactly(RdsWorld.DATABASE);
  }

  @Test
  void sweep_ofADeploymentThatWasSwitchedOver_removesNothing() {
    runByDeploymentUpToCutover();
    String id = deployment().blueGreenDeploymentIdentifier();
    world.rds.switchoverBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id));
    world.settle();

    SweepReport report =
        withoutItsJournal().sweep("rds", SweepScope.UNKNOWN_RUNS_TOO, toRemove -> YES);

    assertThat(report.resources(Fate.REMOVED)).isEmpty();
    assertThat(instances()).containsExactlyInAnyOrder(RdsWorld.DATABASE, "orders-prod-old1");
  }
}
