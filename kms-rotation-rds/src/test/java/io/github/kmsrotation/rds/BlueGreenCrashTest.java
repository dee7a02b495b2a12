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
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promises 2 and 3 for the way by a blue/green deployment: whatever call is refused, unanswered or
 * the runner's last, the rotation ends the same way, and until the original is retired it can be
 * rolled back.
 */
class BlueGreenCrashTest {

  private static final List<String> CALLS =
      List.of(
          "CreateBlueGreenDeployment", // 1
          "AddTagsToResource",
          "ModifyDBInstance", // 3: what green does not have of the original
          "AddRoleToDBInstance",
          "SwitchoverBlueGreenDeployment", // 5
          "DeleteBlueGreenDeployment",
          "ModifyDBInstance", // 7: deletion protection of the original
          "DeleteDBInstance",
          "RemoveTagsFromResource");

  private static final List<String> CALLS_OF_ROLL_BACK =
      List.of(
          "ModifyDBInstance", // the replacement gives the name back
          "ModifyDBInstance", // the original takes it
          "ModifyDBInstance", // deletion protection of the replacement
          "DeleteDBInstance");

  private static final int SWITCHOVER = CALLS.indexOf("SwitchoverBlueGreenDeployment") + 1;
  private static final int RETIRING = CALLS.indexOf("DeleteDBInstance") + 1;

  @TempDir Path directory;
  private RdsWorld world;
  private String original = "";

  @BeforeEach
  void create() throws SQLException {
    world = new RdsWorld(directory.resolve("journal"), UnusualSettings::apply);
    world.addRoleAndOrders();
    original = world.instance(RdsWorld.DATABASE).dbiResourceId();
    world.aws.calls().clear();
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RdsOptions options() {
    return RdsOptions.builder()
        .client(world.rds)
        .kmsClient(world.kms)
        .blueGreen(BlueGreen.REQUIRED)
        .build();
  }

  private RotationPlan planned() {
    RotationPlan plan = world.planner().with(options()).plan();
    world.aws.calls().clear();
    return plan;
  }

  private RotationRunner approving() {
    return world
        .runner()
        .with(options())
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  private RotationReport rollBack(RunId run) {
    return world.runner().with(options()).build().rollBack(run);
  }

  static IntStream everyCall() {
    return IntStream.rangeClosed(1, CALLS.size());
  }

  static IntStream everyCallUpToRetirement() {
    return IntStream.rangeClosed(1, RETIRING);
  }

  static IntStream everyCallBeforeRetirement() {
    return IntStream.range(1, RETIRING);
  }

  static IntStream everyCallOfARollBack() {
    return IntStream.rangeClosed(1, CALLS_OF_ROLL_BACK.size());
  }

  private void assertRotatedOnce(RotationReport report) throws SQLException {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.instance(RdsWorld.DATABASE).kmsKeyId()).isEqualTo(world.keyArn);
    assertThat(world.instance(RdsWorld.DATABASE).deletionProtection()).isTrue();
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(100);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(Map.of("orders-prod-" + report.runId() + "-final", "available"));
    assertThat(world.rds.describeBlueGreenDeployments(r -> {}).blueGreenDeployments()).isEmpty();
  }

  private void assertAsBefore(RotationReport report, boolean hasServed) throws SQLException {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.instance(RdsWorld.DATABASE).dbiResourceId()).isEqualTo(original);
    assertThat(world.instance(RdsWorld.DATABASE).deletionProtection()).isTrue();
    world.sql(RdsWorld.DATABASE, "INSERT INTO orders VALUES (101)");
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(101);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.rds.describeBlueGreenDeployments(r -> {}).blueGreenDeployments()).isEmpty();
    // What clients wrote to a replacement that had served is in no other place.
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(
            hasServed
                ? Map.of("orders-prod-" + report.runId() + "-undone", "available")
                : Map.of());
  }

  @Test
  void rotation_changesAwsByTheseCallsOnly() throws SQLException {
    RotationPlan plan = planned();

    RotationReport report = approving().run(plan);

    assertRotatedOnce(report);
    assertThat(world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(CALLS);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(int n) throws SQLException {
    RotationPlan plan = planned();
    world.aws.faults().onMutating().nth(n).dropAfter();

    assertRotatedOnce(approving().run(plan));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(int n) throws SQLException {
    RotationPlan plan = planned();
    world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);
    assertThat(approving().run(plan).status()).isEqualTo(RunStatus.FAILED);

    assertRotatedOnce(approving().resume(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rotation_whenItsRunnerIsGoneRightAfterTheNthCall_isResumedToTheSameEnd(int n)
      throws SQLException {
    RotationPlan plan = planned();
    interruptAfter(n, plan);

    assertRotatedOnce(approving().resume(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallUpToRetirement")
  void rollBack_whenAwsRefusedTheNthCall_leavesTheOriginalServing(int n) throws SQLException {
    RotationPlan plan = planned();
    world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);
    assertThat(approving().run(plan).status()).isEqualTo(RunStatus.FAILED);

    assertAsBefore(rollBack(plan.runId()), n > SWITCHOVER);
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_rightAfterTheNthCall_leavesTheOriginalServing(int n) throws SQLException {
    RotationPlan plan = planned();
    interruptAfter(n, plan);

    assertAsBefore(rollBack(plan.runId()), n >= SWITCHOVER);
  }

  private void interruptAfter(int n, RotationPlan plan) {
    RotationRunner interrupted =
        world
            .runner()
            .with(options())
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                duration -> {
                  if (world.aws.calls().mutating().size() >= n) {
                    throw new InterruptedException();
                  }
                  world.aws.clock().advance(duration);
                })
            .build();
    assertThat(interrupted.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();
  }

  private RunId runUntilRetirement() {
    RotationPlan plan = planned();
    RotationReport stopped =
        world
            .runner()
            .with(options())
            .approval(
                Approvals.before(
                    Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test")))
            .build()
            .run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.aws.calls().clear();
    return plan.runId();
  }

  @Test
  void rollBack_changesAwsByTheseCallsOnly() throws SQLException {
    RunId run = runUntilRetirement();

    RotationReport report = rollBack(run);

    assertThat(world.aws.calls().mutating())
        .extracting(Call::operation)
        .isEqualTo(CALLS_OF_ROLL_BACK);
    assertAsBefore(report, true);
  }

  @ParameterizedTest
  @MethodSource("everyCallOfARollBack")
  void rollBack_whenAwsRefusesItsNthCall_goesOnWhenResumed(int n) throws SQLException {
    RunId run = runUntilRetirement();
    world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);
    assertThat(rollBack(run).status()).isEqualTo(RunStatus.FAILED);

    assertAsBefore(world.runner().with(options()).build().resume(run), true);
  }

  @ParameterizedTest
  @MethodSource("everyCallOfARollBack")
  void rollBack_whenTheAnswerOfItsNthCallIsLost_endsTheSame(int n) throws SQLException {
    RunId run = runUntilRetirement();
    world.aws.faults().onMutating().nth(n).dropAfter();

    assertAsBefore(rollBack(run), true);
  }
}
