package io.github.kmsrotation.ebs;

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
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to the runner or to answers, at whatever call, one new instance takes over, and
 * until the original is terminated it can be brought back.
 */
class NewInstanceCrashTest {

  /** How writes are kept from the original, all that this changes in AWS, and all its undoing. */
  enum Way {
    STOPPED(
        "StopInstances CreateImage RunInstances CreateTags ModifyInstanceAttribute RegisterTargets"
            + " DeregisterTargets TerminateInstances DeleteVolume DeleteTags",
        "DeregisterTargets StartInstances RegisterTargets CreateSnapshots TerminateInstances"
            + " DeleteVolume DeregisterImage DeleteSnapshot DeleteSnapshot"),
    PROTECTED(
        "CreateImage RunInstances CreateTags ModifyInstanceAttribute RegisterTargets"
            + " DeregisterTargets ModifyInstanceAttribute TerminateInstances DeleteVolume"
            + " DeleteTags",
        "ModifyInstanceAttribute RegisterTargets DeregisterTargets CreateSnapshots"
            + " TerminateInstances DeleteVolume DeregisterImage DeleteSnapshot DeleteSnapshot");

    private final String calls;
    private final String callsOfRollBack;

    Way(String calls, String callsOfRollBack) {
      this.calls = calls;
      this.callsOfRollBack = callsOfRollBack;
    }

    List<String> calls() {
      return List.of(calls.split(" "));
    }

    List<String> callsOfRollBack() {
      return List.of(callsOfRollBack.split(" "));
    }
  }

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private NewInstanceWorld aws;

  @SuppressWarnings("NullAway.Init")
  private EbsOptions options;

  @AfterEach
  void close() {
    aws.close();
  }

  private RotationPlan create(Way way) {
    aws = new NewInstanceWorld(directory);
    String data = aws.attachedBefore.getOrDefault(EbsWorld.DATA, "");
    aws.world.ec2.createTags(r -> r.resources(data).tags(EbsWorld.tag("Name", "orders")));
    aws.world.ec2.modifyInstanceAttribute(
        r -> r.instanceId(aws.original).sourceDestCheck(v -> v.value(false)));
    if (way == Way.PROTECTED) {
      aws.world.ec2.modifyInstanceAttribute(
          r -> r.instanceId(aws.original).disableApiStop(v -> v.value(true)));
    }
    options = (way == Way.STOPPED ? aws.stopping() : aws.losing()).build();
    aws.world.aws.calls().clear();
    return aws.plan(options);
  }

  private RotationRunner plain() {
    return aws.world.runner().with(options).build();
  }

  static Stream<Arguments> everyCall() {
    return Stream.of(Way.values())
        .flatMap(w -> IntStream.rangeClosed(1, w.calls().size()).mapToObj(n -> Arguments.of(w, n)));
  }

  static Stream<Arguments> everyCallBeforeRetirement() {
    return Stream.of(Way.values())
        .flatMap(
            w ->
                IntStream.rangeClosed(1, w.calls().indexOf("TerminateInstances"))
                    .mapToObj(n -> Arguments.of(w, n)));
  }

  static Stream<Arguments> everyCallOfARollBack() {
    return Stream.of(Way.values())
        .flatMap(
            w ->
                IntStream.rangeClosed(1, w.callsOfRollBack().size())
                    .mapToObj(n -> Arguments.of(w, n)));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void rotation_changesAwsByTheseCallsOnly(Way way) {
    RotationPlan plan = create(way);

    aws.assertTakenOver(aws.approving(options).run(plan));

    assertThat(aws.world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(way.calls());
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(Way way, int n) {
    RotationPlan plan = create(way);
    aws.world.aws.faults().onMutating().nth(n).dropAfter();

    aws.assertTakenOver(aws.approving(options).run(plan));

    assertThat(aws.world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheNthCallIsLostOnItsWay_endsTheSame(Way way, int n) {
    RotationPlan plan = create(way);
    aws.world.aws.faults().onMutating().nth(n).dropBefore();

    aws.assertTakenOver(aws.approving(options).run(plan));

    assertThat(aws.world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(Way way, int n) {
    RotationPlan plan = create(way);
    aws.world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);

    assertThat(aws.approving(options).run(plan).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    aws.assertTakenOver(aws.approving(options).resume(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_whenAwsRefusedTheNthCall_andAnswersAreLost_leavesTheOriginalServing(
      Way way, int n) {
    RotationPlan plan = create(way);
    aws.world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(aws.approving(options).run(plan).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);
    aws.world.aws.faults().clear();
    aws.world.aws.faults().onMutating().times(100).dropAfter();

    aws.assertAsBefore(plain().rollBack(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_rightAfterTheNthCall_leavesTheOriginalServing(Way way, int n) {
    RotationPlan plan = create(way);
    RotationRunner interrupted =
        aws.world
            .runner()
            .with(options)
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                duration -> {
                  if (aws.world.aws.calls().mutating().size() >= n) {
                    throw new InterruptedException();
                  }
                  aws.world.aws.clock().sleep(duration);
                })
            .build();
    assertThat(interrupted.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();

    aws.assertAsBefore(plain().rollBack(plan.runId()));
  }

  private RunId runUntilRetirement(Way way) {
    RotationPlan plan = create(way);
    Approvals notForDeletion =
        Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test"));
    RotationReport stopped =
        aws.world.runner().with(options).approval(notForDeletion).build().run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    aws.world.aws.calls().clear();
    return plan.runId();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void rollBack_changesAwsByTheseCallsOnly(Way way) {
    RunId runId = runUntilRetirement(way);

    aws.assertAsBefore(plain().rollBack(runId));

    assertThat(aws.world.aws.calls().mutating())
        .extracting(Call::operation)
        .isEqualTo(way.callsOfRollBack());
  }

  @ParameterizedTest
  @MethodSource("everyCallOfARollBack")
  void rollBack_whenAwsRefusesItsNthCall_goesOnWhenResumed(Way way, int n) {
    RunId runId = runUntilRetirement(way);
    aws.world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);

    assertThat(plain().rollBack(runId).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    aws.assertAsBefore(plain().resume(runId));
  }
}
