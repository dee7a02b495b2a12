package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promises 2 and 3: whatever happens to the runner or to answers, at whatever call, the rotation
 * ends the same way, and until an original is retired it can be rolled back.
 */
class EbsCrashTest extends CrashFixture {

  static Stream<Arguments> everyCall() {
    return Stream.of(Scenario.values())
        .flatMap(s -> IntStream.rangeClosed(1, s.calls().size()).mapToObj(n -> Arguments.of(s, n)));
  }

  static Stream<Arguments> everyCallBeforeRetirement() {
    return Stream.of(Scenario.values())
        .flatMap(s -> IntStream.range(1, s.firstThatRetires()).mapToObj(n -> Arguments.of(s, n)));
  }

  static Stream<Arguments> everyCallOfARollBack() {
    return Stream.of(Scenario.values())
        .flatMap(
            s ->
                IntStream.rangeClosed(1, s.callsOfRollBack().size())
                    .mapToObj(n -> Arguments.of(s, n)));
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void rotation_changesAwsByTheseCallsOnly(Scenario wanted) {
    create(wanted);

    assertRotatedOnce(approving().run(plan()));

    assertThat(world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(wanted.calls());
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).dropAfter();

    assertRotatedOnce(approving().run(plan));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheNthCallIsLostOnItsWay_endsTheSame(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).dropBefore();

    assertRotatedOnce(approving().run(plan));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);

    RotationReport stopped = approving().run(plan);
    assertThat(stopped.status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertRotatedOnce(approving().resume(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_whenAwsRefusedTheNthCall_leavesTheOriginalsServing(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(approving().run(plan).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertAsBefore(plain().rollBack(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_whenTheAnswersOfItsOwnCallsAreLost_leavesTheOriginalsServing(
      Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(approving().run(plan).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);
    world.aws.faults().clear();
    world.aws.faults().onMutating().times(100).dropAfter();

    assertAsBefore(plain().rollBack(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_rightAfterTheNthCall_leavesTheOriginalsServing(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
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
                  world.aws.clock().sleep(duration);
                })
            .build();
    assertThat(interrupted.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();

    assertAsBefore(plain().rollBack(plan.runId()));
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void rollBack_changesAwsByTheseCallsOnly(Scenario wanted) {
    create(wanted);
    RunId runId = runUntilRetirement();

    assertAsBefore(plain().rollBack(runId));

    assertThat(world.aws.calls().mutating())
        .extracting(Call::operation)
        .isEqualTo(wanted.callsOfRollBack());
  }

  @ParameterizedTest
  @MethodSource("everyCallOfARollBack")
  void rollBack_whenAwsRefusesItsNthCall_goesOnWhenResumed(Scenario wanted, int n) {
    create(wanted);
    RunId runId = runUntilRetirement();
    world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(plain().rollBack(runId).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertAsBefore(plain().resume(runId));
  }
}
