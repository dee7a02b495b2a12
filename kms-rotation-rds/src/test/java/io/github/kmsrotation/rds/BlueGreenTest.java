package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.rds.model.ModifyDbInstanceRequest;

/** The way by a blue/green deployment: when it is taken, and that it loses no write. */
class BlueGreenTest {

  @TempDir Path directory;
  private RdsWorld world;

  @BeforeEach
  void create() throws SQLException {
    world = new RdsWorld(directory.resolve("journal"));
    world.sql(RdsWorld.DATABASE, "CREATE TABLE orders (id bigint PRIMARY KEY)");
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RdsOptions.Builder options() {
    return RdsOptions.builder().client(world.rds).kmsClient(world.kms);
  }

  private RotationRunner approving(RdsOptions options) {
    return world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  private RotationPlan plan(RdsOptions options) {
    return world.planner().with(options).plan();
  }

  private void modify(Consumer<ModifyDbInstanceRequest.Builder> how) {
    world.rds.modifyDBInstance(
        r -> how.accept(r.dbInstanceIdentifier(RdsWorld.DATABASE).applyImmediately(true)));
    world.settle();
  }

  private static boolean isByDeployment(RotationPlan plan) {
    return plan.steps().stream().anyMatch(step -> step.id().equals(SwitchOverStep.ID));
  }

  /** Inserts without pause, connects anew when it is cut off, and notes what was acknowledged. */
  private final class Writer implements Runnable {
    private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
    private volatile boolean isToEnd;

    @Override
    public void run() {
      long next = 1;
      while (!isToEnd) {
        try (Connection connection = world.connect(RdsWorld.DATABASE);
            PreparedStatement insert =
                connection.prepareStatement("INSERT INTO orders VALUES (?)")) {
          while (!isToEnd) {
            insert.setLong(1, next++);
            insert.executeUpdate();
            acknowledged.add(next - 1);
          }
        } catch (SQLException | RuntimeException e) {
          // Cut off or refused: that row was not acknowledged. The next one is another.
        }
      }
    }
  }

  @Test
  void writerThatNeverPauses_losesNoAcknowledgedRow() throws Exception {
    RotationPlan plan = plan(options().build());
    Writer writer = new Writer();
    Thread thread = new Thread(writer, "writer");
    thread.start();
    while (writer.acknowledged.size() < 100) {
      Thread.sleep(5);
    }

    RotationReport report = approving(options().build()).run(plan);
    int duringTheRun = writer.acknowledged.size();
    while (writer.acknowledged.size() < duringTheRun + 100) {
      Thread.sleep(5);
    }
    writer.isToEnd = true;
    thread.join();

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.instance(RdsWorld.DATABASE).kmsKeyId()).isEqualTo(world.keyArn);
    String ids = String.join(",", writer.acknowledged.stream().map(String::valueOf).toList());
    assertThat(
            world.count(
                RdsWorld.DATABASE,
                "SELECT count(*) FROM unnest('{"
                    + ids
                    + "}'::bigint[]) AS acknowledged(id)"
                    + " WHERE NOT EXISTS (SELECT 1 FROM orders WHERE orders.id ="
                    + " acknowledged.id)"))
        .isZero();
  }

  @Test
  void plan_prefersADeployment_andSaysWhy() {
    RotationPlan plan = plan(options().build());

    assertThat(isByDeployment(plan)).isTrue();
    assertThat(plan.rationale()).anyMatch(why -> why.contains("without losing a write"));
    assertThat(plan.describe())
        .contains("orders-prod-old1", "takes it back if it lasts longer than 300 s");
  }

  @Test
  void plan_withHooks_goesByDbSnapshots_andSaysWhy() {
    RotationPlan plan = plan(world.options().build());

    assertThat(isByDeployment(plan)).isFalse();
    assertThat(plan.rationale())
        .anyMatch(why -> why.contains("writeFreeze is given"))
        .anyMatch(why -> why.contains("verifyData is given"));
  }

  @Test
  void plan_whereRdsMakesNoDeployment_goesByDbSnapshots_andSaysWhy() {
    modify(r -> r.backupRetentionPeriod(0));
    RdsOptions consenting =
        options()
            .iAcceptLosingWritesMadeAfterTheSnapshot()
            .iAcceptThatTheDataIsNotCompared()
            .build();

    RotationPlan plan = plan(consenting);

    assertThat(isByDeployment(plan)).isFalse();
    assertThat(plan.rationale()).anyMatch(why -> why.startsWith("Automated backups are off"));
  }

  @Test
  void plan_thatRequiresADeployment_namesEverythingThatIsInItsWay() {
    modify(r -> r.backupRetentionPeriod(0));
    modify(r -> r.manageMasterUserPassword(true).masterUserSecretKmsKeyId(world.keyArn));

    PlanningException refusal =
        catchThrowableOfType(
            PlanningException.class, () -> plan(options().blueGreen(BlueGreen.REQUIRED).build()));

    assertThat(refusal.problems())
        .extracting(Notice::text)
        .anyMatch(text -> text.startsWith("Automated backups are off"))
        .anyMatch(text -> text.startsWith("RDS manages its master password"));
  }

  @Test
  void plan_ofWhatIsInADeploymentAlready_isRefused() {
    world.rds.createBlueGreenDeployment(
        r ->
            r.blueGreenDeploymentName("upgrade")
                .source(world.instance(RdsWorld.DATABASE).dbInstanceArn()));
    world.settle();

    assertThatThrownBy(() -> plan(options().build()))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("part of a blue/green deployment");
  }

  @Test
  void deploymentThatRdsRefuses_stopsTheRun_andNamesTheOtherWay() {
    RdsOptions options = options().build();
    RotationPlan plan = plan(options);
    modify(r -> r.backupRetentionPeriod(0));

    RotationReport stopped = approving(options).run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("Automated backups are not enabled");
    assertThat(world.runner().with(options).build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void switchoverThatTakesTooLong_isTakenBack_andTheOriginalServes() throws SQLException {
    RdsOptions options = options().switchoverTimeout(Duration.ofSeconds(30)).build();
    RotationPlan plan = plan(options);
    world.aws.rds().neverFinish("SwitchoverBlueGreenDeployment");

    RotationReport stopped = approving(options).run(plan);

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("SWITCHOVER_FAILED", "Switchover timed out");
    world.sql(RdsWorld.DATABASE, "INSERT INTO orders VALUES (1)");
    RotationReport again = approving(options).resume(plan.runId());
    assertThat(again.reason()).contains("RDS does not switch over a deployment that is");
    assertThat(world.runner().with(options).build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).containsOnlyKeys(RdsWorld.DATABASE);
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(1);
  }

  @Test
  void originalThatIsChangedWhileTheCutoverAwaitsItsApproval_isNotSwitchedOver() {
    RdsOptions options = options().build();
    RotationPlan plan = plan(options);
    assertThat(world.runner().with(options).build().run(plan).status())
        .isEqualTo(RunStatus.AWAITING_APPROVAL);
    modify(r -> r.preferredMaintenanceWindow("mon:01:00-mon:01:30"));

    RotationReport stopped = approving(options).resume(plan.runId());

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("PreferredMaintenanceWindow");
    assertThat(world.aws.calls().of("SwitchoverBlueGreenDeployment")).isEmpty();
  }

  @Test
  void readReplicaThatWasMadeMeanwhile_isNotLeftBehind() {
    RdsOptions options = options().build();
    RotationPlan plan = plan(options);
    assertThat(world.runner().with(options).build().run(plan).status())
        .isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.rds.createDBInstanceReadReplica(
        r -> r.dbInstanceIdentifier("orders-reader").sourceDBInstanceIdentifier(RdsWorld.DATABASE));
    world.settle();

    RotationReport stopped = approving(options).resume(plan.runId());

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("[orders-reader]");
    assertThat(world.aws.calls().of("SwitchoverBlueGreenDeployment")).isEmpty();
  }

  @Test
  void keyThatIsDisabledWhileTheCutoverAwaitsItsApproval_isNotSwitchedOverTo() {
    RdsOptions options = options().build();
    RotationPlan plan = plan(options);
    assertThat(world.runner().with(options).build().run(plan).status())
        .isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.kms.disableKey(r -> r.keyId(world.keyArn));

    RotationReport stopped = approving(options).resume(plan.runId());

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.aws.calls().of("SwitchoverBlueGreenDeployment")).isEmpty();
  }

  @Test
  void deploymentThatSomebodyDeleted_stopsTheRun_andGreenIsTakenAwayByARollBack() {
    RdsOptions options = options().build();
    RotationPlan plan = plan(options);
    assertThat(world.runner().with(options).build().run(plan).status())
        .isEqualTo(RunStatus.AWAITING_APPROVAL);
    String id =
        world
            .rds
            .describeBlueGreenDeployments(r -> {})
            .blueGreenDeployments()
            .get(0)
            .blueGreenDeploymentIdentifier();
    world.rds.deleteBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id));
    world.settle();

    RotationReport stopped = approving(options).resume(plan.runId());

    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("The blue/green deployment kms-rotation-");
    assertThat(world.runner().with(options).build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.rds().instances()).containsOnlyKeys(RdsWorld.DATABASE);
  }

  @Test
  void former_takesNoWritesUntilItIsDeleted() {
    RdsOptions options = options().build();
    RotationPlan plan = plan(options);
    RotationReport report =
        world
            .runner()
            .with(options)
            .approval(
                Approvals.before(
                    Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test")))
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThatThrownBy(
            () -> world.sql(RdsWorld.DATABASE + "-old1", "INSERT INTO orders VALUES (1)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("read-only");
  }

  @Test
  void switchoverTimeout_outOfWhatRdsTakes_isRefusedAtOnce() {
    for (Duration timeout : List.of(Duration.ofSeconds(29), Duration.ofSeconds(3_601))) {
      assertThatThrownBy(() -> RdsOptions.builder().switchoverTimeout(timeout))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("30 seconds to one hour");
    }
  }
}
