package io.github.kmsrotation.retire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kms.model.KeyState;

/**
 * Promises 2 and 3 for retirements: whichever of the two calls forward and of the two backward is
 * lost or refused, the key ends in the same state. The client retries by itself, as clients do.
 */
class KeyRetirementCrashTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RetirementWorld world;

  @BeforeEach
  void start() {
    world = new RetirementWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** Neither more nor less: cancelled once, a deletion does not come after all. */
  private void assertEnabledForGood() {
    world.pass(Duration.ofDays(60));
    assertThat(world.state()).isEqualTo(KeyState.ENABLED);
  }

  private static void assertRolledBack(RotationReport report) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
  }

  private RotationPlan refusedAt(int n) {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).error("AccessDeniedException", 400);
    assertThat(world.approving().run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(world.aws.faults().fired()).isEqualTo(1);
    return plan;
  }

  private RotationPlan finished() {
    RotationPlan plan = world.planner().plan();
    world.approving().run(plan).requireComplete();
    return plan;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void run_whenTheAnswerOfTheNthCallIsLost_endsTheSame(int n) {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).dropAfter();

    world.approving().run(plan).requireComplete();

    assertThat(world.aws.faults().fired()).isEqualTo(1);
    assertThat(world.state()).isEqualTo(KeyState.PENDING_DELETION);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void run_whenTheNthCallDoesNotArrive_endsTheSame(int n) {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).dropBefore();

    world.approving().run(plan).requireComplete();

    assertThat(world.aws.faults().fired()).isEqualTo(1);
    assertThat(world.state()).isEqualTo(KeyState.PENDING_DELETION);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void run_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(int n) {
    RotationPlan plan = refusedAt(n);

    world.approving().resume(plan.runId()).requireComplete();

    assertThat(world.state()).isEqualTo(KeyState.PENDING_DELETION);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void rollBack_whenAwsRefusedTheNthCall_leavesTheKeyEnabled(int n) {
    RotationPlan plan = refusedAt(n);

    assertRolledBack(world.runner().build().rollBack(plan.runId()));

    assertEnabledForGood();
  }

  /** The process ends right after a call whose answer it never saw. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void rollBack_whenTheRunEndedAtTheNthCall_leavesTheKeyEnabled(int n) {
    RotationPlan plan = world.planner().plan();
    world.aws.faults().onMutating().nth(n).dropAfter();
    RotationRunner dying =
        world
            .runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                pause -> {
                  if (world.aws.faults().fired() > 0) {
                    throw new InterruptedException();
                  }
                  world.aws.clock().sleep(pause);
                })
            .build();
    assertThat(dying.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(world.aws.faults().fired()).isEqualTo(1);

    assertRolledBack(world.runner().build().rollBack(plan.runId()));

    assertEnabledForGood();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void rollBack_whenTheAnswerOfItsNthCallIsLost_leavesTheKeyEnabled(int n) {
    RotationPlan plan = finished();
    world.aws.faults().onMutating().nth(n).dropAfter();

    assertRolledBack(world.runner().build().rollBack(plan.runId()));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
    assertEnabledForGood();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void rollBack_whenAwsRefusesItsNthCall_isResumedToTheSameEnd(int n) {
    RotationPlan plan = finished();
    world.aws.faults().onMutating().nth(n).error("AccessDeniedException", 400);
    assertThat(world.runner().build().rollBack(plan.runId()).status()).isEqualTo(RunStatus.FAILED);

    assertRolledBack(world.runner().build().resume(plan.runId()));

    assertEnabledForGood();
  }

  @Test
  void run_whereKmsShowsChangesLate_sendsEachCallOnce_inBothDirections() {
    world.close();
    world = new RetirementWorld(directory.resolve("late"), Duration.ofMinutes(2));
    RotationPlan plan = finished();

    assertRolledBack(world.runner().build().rollBack(plan.runId()));

    assertThat(world.aws.calls().mutating())
        .extracting(call -> call.operation())
        .containsExactly("DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "EnableKey");
    assertEnabledForGood();
  }
}
