package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.run.StepStatus;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.fault.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promises 2 and 3: whatever happens to the runner or to answers, at whatever call, the rotation
 * ends the same way, and until the original is retired it can be rolled back without a trace.
 */
class RdsCrashTest {

  /** All that a rotation changes in AWS, in order: the cases below are the places in this list. */
  private static final List<String> MUTATING_CALLS =
      List.of(
          "CreateDBSnapshot",
          "CopyDBSnapshot",
          "RestoreDBInstanceFromDBSnapshot",
          "ModifyDBInstance", // what a restore cannot set
          "AddRoleToDBInstance",
          "ModifyDBInstance", // the original steps aside
          "ModifyDBInstance", // the replacement takes over
          "ModifyDBInstance", // deletion protection of the original
          "DeleteDBInstance",
          "DeleteDBSnapshot",
          "DeleteDBSnapshot",
          "RemoveTagsFromResource");

  /** All that the roll-back of a run changes that was about to retire the original. */
  private static final List<String> ROLL_BACK_CALLS =
      List.of(
          "ModifyDBInstance", // the replacement gives the name back
          "ModifyDBInstance", // the original takes it
          "ModifyDBInstance", // deletion protection of the replacement
          "DeleteDBInstance",
          "DeleteDBSnapshot",
          "DeleteDBSnapshot");

  /** The place of the call that cannot be undone: whatever is sent or refused before can. */
  private static final int RETIRING = MUTATING_CALLS.indexOf("DeleteDBInstance") + 1;

  /** Where another process works, nobody can turn the clock for it: an hour is a third second. */
  private static final double SPEED = 10_000;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private RdsWorld world;

  private void createDatabase(TestClock clock) throws SQLException {
    world = new RdsWorld(directory.resolve("journal"), clock, UnusualSettings::apply);
    world.addRoleAndOrders();
    world.aws.calls().clear();
  }

  private void createDatabase() throws SQLException {
    createDatabase(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
  }

  @AfterEach
  void close() {
    world.close();
  }

  static IntStream everyCall() {
    return IntStream.rangeClosed(1, MUTATING_CALLS.size());
  }

  static IntStream everyCallUpToRetirement() {
    return IntStream.rangeClosed(1, RETIRING);
  }

  static IntStream everyCallBeforeRetirement() {
    return IntStream.range(1, RETIRING);
  }

  static Stream<Arguments> beforeAndAfterEveryCall() {
    return everyCall()
        .boxed()
        .flatMap(n -> Stream.of(Arguments.of("before", n), Arguments.of("after", n)));
  }

  private void assertRotatedOnce(RotationReport report) throws SQLException {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.instance(RdsWorld.DATABASE).kmsKeyId()).isEqualTo(world.keyArn);
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(100);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(Map.of("orders-prod-" + report.runId() + "-final", "available"));
  }

  private void assertAsBefore(RotationReport report, String originalResourceId)
      throws SQLException {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.instance(RdsWorld.DATABASE).dbiResourceId()).isEqualTo(originalResourceId);
    assertThat(world.instance(RdsWorld.DATABASE).deletionProtection()).isTrue();
    assertThat(world.count(RdsWorld.DATABASE, "SELECT count(*) FROM orders")).isEqualTo(100);
    assertThat(world.aws.rds().instances()).isEqualTo(Map.of("orders-prod", "available"));
    boolean served =
        report.steps().stream()
            .anyMatch(
                step -> step.step().id().equals("take-over") && step.status() == StepStatus.UNDONE);
    // What clients wrote to a replacement that had served is in no other place.
    assertThat(world.aws.rds().snapshots())
        .isEqualTo(
            served ? Map.of("orders-prod-" + report.runId() + "-undone", "available") : Map.of());
  }

  @Test
  void rotation_changesAwsByTheseCallsOnly() throws SQLException {
    createDatabase();

    assertRotatedOnce(world.approving().run(world.planner().plan()));

    assertThat(world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(MUTATING_CALLS);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(int n) throws SQLException {
    createDatabase();
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).dropAfter();

    assertRotatedOnce(world.approving().run(plan));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(int n) throws SQLException {
    createDatabase();
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);

    RotationReport stopped = world.approving().run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.FAILED);

    assertRotatedOnce(world.approving().resume(plan.runId()));
  }

  @ParameterizedTest(name = "killed {0} call {1}")
  @MethodSource("beforeAndAfterEveryCall")
  void rotation_whenItsProcessIsKilled_isResumedToTheSameEnd(String moment, int n)
      throws Exception {
    createDatabase(TestClock.running(SPEED));

    killAt(moment, n, "run");

    RunId runId = onlyRun();
    assertRotatedOnce(world.approving().resume(runId));
  }

  @ParameterizedTest
  @MethodSource("everyCallUpToRetirement")
  void rollBack_whenAwsRefusedTheNthCall_leavesTheOriginalServingAndNothingElse(int n)
      throws SQLException {
    createDatabase();
    String original = world.instance(RdsWorld.DATABASE).dbiResourceId();
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);

    assertAsBefore(world.runner().build().rollBack(plan.runId()), original);
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_whenTheProcessWasKilledAfterTheNthCall_leavesTheOriginalServingAndNothingElse(int n)
      throws Exception {
    createDatabase(TestClock.running(SPEED));
    String original = world.instance(RdsWorld.DATABASE).dbiResourceId();

    killAt("after", n, "run");

    assertAsBefore(world.runner().build().rollBack(onlyRun()), original);
  }

  @ParameterizedTest
  @MethodSource("everyCallUpToRetirement")
  void rollBack_whenTheAnswersOfItsOwnCallsAreLost_leavesTheOriginalServingAndNothingElse(int n)
      throws SQLException {
    createDatabase();
    String original = world.instance(RdsWorld.DATABASE).dbiResourceId();
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).error("AccessDenied", 403);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);
    world.aws.faults().clear();
    world.aws.faults().onMutating().times(MUTATING_CALLS.size()).dropAfter();

    assertAsBefore(world.runner().build().rollBack(plan.runId()), original);
  }

  static Stream<Arguments> beforeAndAfterEveryCallOfARollBack() {
    return IntStream.rangeClosed(1, ROLL_BACK_CALLS.size())
        .boxed()
        .flatMap(n -> Stream.of(Arguments.of("before", n), Arguments.of("after", n)));
  }

  private RunId runUntilRetirement() {
    RotationPlan plan = world.planner().plan();
    Approvals notForDeletion =
        Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test"));
    RotationReport stopped = world.runner().approval(notForDeletion).build().run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.aws.calls().clear();
    return plan.runId();
  }

  @Test
  void rollBack_changesAwsByTheseCallsOnly() throws SQLException {
    createDatabase();
    String original = world.instance(RdsWorld.DATABASE).dbiResourceId();
    RunId runId = runUntilRetirement();

    assertAsBefore(world.runner().build().rollBack(runId), original);

    assertThat(world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(ROLL_BACK_CALLS);
  }

  @ParameterizedTest(name = "killed {0} call {1}")
  @MethodSource("beforeAndAfterEveryCallOfARollBack")
  void rollBack_whenItsProcessIsKilled_goesOnWhenResumed(String moment, int n) throws Exception {
    createDatabase(TestClock.running(SPEED));
    String original = world.instance(RdsWorld.DATABASE).dbiResourceId();
    RunId runId = runUntilRetirement();

    killAt(moment, n, "roll-back", runId.value());

    assertAsBefore(world.runner().build().resume(runId), original);
  }

  private RunId onlyRun() {
    List<RunId> runs = FileJournal.in(world.journal).runs();
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  private void killAt(String moment, int n, String... what)
      throws IOException, InterruptedException {
    CompletableFuture<Process> child = new CompletableFuture<>();
    Runnable kill =
        () -> {
          child.join().destroyForcibly();
          awaitEnd(child.join());
        };
    Faults.Rule nthCall = world.aws.faults().onMutating().nth(n);
    if (moment.equals("before")) {
      nthCall.dropBefore(kill);
    } else {
      nthCall.dropAfter(kill);
    }
    Path output = directory.resolve("child-output.txt");
    Process process = RotationProcess.start(world, output, what);
    child.complete(process);
    process.waitFor();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(137);
    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  private static void awaitEnd(Process process) {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
