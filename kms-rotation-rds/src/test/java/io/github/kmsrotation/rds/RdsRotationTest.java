package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.rds.model.DBInstance;

class RdsRotationTest {

  @TempDir Path directory;
  private RdsWorld world;

  @BeforeEach
  void createDatabase() throws SQLException {
    world = new RdsWorld(directory);
    world.sql(
        RdsWorld.DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY, item text, price numeric)",
        "INSERT INTO orders SELECT i, 'item ' || i, i * 1.5 FROM generate_series(1, 1000) i");
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void rotation_whenEverythingIsApproved_servesTheSameRowsUnderTheNewKeyAtTheSameEndpoint()
      throws SQLException {
    DBInstance before = world.instance(RdsWorld.DATABASE);

    RotationReport report = world.approving().run(world.planner().plan()).requireComplete();

    DBInstance after = world.instance(RdsWorld.DATABASE);
    assertThat(after.kmsKeyId()).isEqualTo(world.keyArn).isNotEqualTo(before.kmsKeyId());
    assertThat(after.endpoint()).isEqualTo(before.endpoint());
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(1000);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(Map.of("orders-prod-" + report.runId() + "-final", "available"));
    assertThat(after.tagList()).isEqualTo(before.tagList());
    assertThat(world.application.freezes).containsExactly("freeze orders-prod", "thaw orders-prod");
  }

  @Test
  void rollBack_afterTheCutover_bringsTheOriginalBackAndKeepsWhatTheReplacementTook()
      throws SQLException {
    DBInstance before = world.instance(RdsWorld.DATABASE);
    RotationPlan plan = world.planner().plan();
    RotationReport stopped =
        world
            .runner()
            .approval(Approvals.before(Phase.CUTOVER, request -> Approval.granted("test")))
            .build()
            .run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(world.instance(RdsWorld.DATABASE).kmsKeyId()).isEqualTo(world.keyArn);

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.instance(RdsWorld.DATABASE).dbiResourceId()).isEqualTo(before.dbiResourceId());
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(Map.of("orders-prod-" + plan.runId() + "-undone", "available"));
    assertThat(report.reason())
        .contains("Kept: DB snapshot orders-prod-" + plan.runId() + "-undone");
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(1000);
  }

  @Test
  void cutover_whenAWriteGotInAfterTheSnapshot_isRefused() throws SQLException {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    world.sql(RdsWorld.DATABASE, "INSERT INTO orders VALUES (100000, 'late', 1)");

    RotationReport report = world.approving().resume(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("wrote to the original", "1001 rows");
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(1001);
  }
}
