package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

class RotationRunnerTest {

  private static final String[] ALL_STEPS = {"make-copy", "compare", "switch", "destroy"};

  @TempDir Path directory;
  private final ToyAws aws = new ToyAws();
  private final RotationPlan plan = ToyStrategy.plan();
  private Instant now = Instant.parse("2026-11-24T08:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  private RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(new ToyStrategy.World(aws))
        .clock(clock)
        .sleeper(duration -> now = now.plus(duration));
  }

  private RotationRunner approving() {
    return runner().approval(Approvals.approveEveryPhaseIncludingDeletion()).build();
  }

  @Test
  void run_whenEverythingIsApproved_doesEveryStepOnceAndSucceeds() {
    RotationReport report = approving().run(plan).requireComplete();

    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
    assertThat(report.steps()).allMatch(step -> step.status() == StepStatus.DONE);
    assertThat(aws.timesClosed()).isEqualTo(1);
  }

  @Test
  void run_byDefault_stopsBeforeWhatServesIsTouched() {
    RotationReport report = runner().build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(aws.things()).containsExactly("copy", "original");
    assertThatThrownBy(report::requireComplete)
        .isInstanceOf(RotationIncompleteException.class)
        .hasMessageContaining("CUTOVER");
  }

  @Test
  void retire_whenOnlyAskedAboutCutover_waitsForAnApprovalOfItsOwn() {
    RotationReport report =
        runner()
            .approval(Approvals.before(Phase.CUTOVER, r -> Approval.granted("test")))
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(aws.things()).contains("original", "switched");
  }

  @Test
  void retire_whenMerelyGranted_isNotBegun() {
    RotationReport report =
        runner()
            .approval(Approvals.before(Phase.RETIRE, r -> Approval.granted("test")))
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(report.reason()).contains("iAcceptThatThisCannotBeUndone");
    assertThat(aws.things()).contains("original");
  }

  @Test
  void retire_whenVerificationFailed_isNeverReached() {
    aws.content("different");

    RotationReport report = approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("expected same, found different");
    assertThat(aws.things()).containsExactly("copy", "original");
  }

  @Test
  void resume_afterApprovalIsGiven_goesOnWhereItStopped() {
    RotationReport stopped = runner().build().run(plan);

    RotationReport report = approving().resume(stopped.runId());

    assertThat(report.status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
  }

  @Test
  void resume_whenTheRunHasEnded_reportsItsEndAndCallsNothing() {
    approving().run(plan);
    int calls = aws.calls().size();

    RotationReport again = approving().resume(plan.runId());

    assertThat(again.status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(aws.calls()).hasSize(calls);
  }

  @Test
  void run_whenThePlanWasRunBefore_isRefused() {
    runner().build().run(plan);

    RotationRunner again = runner().build();
    assertThatThrownBy(() -> again.run(plan))
        .isInstanceOf(RunInUseException.class)
        .hasMessageContaining("resume");
  }

  @Test
  void mutate_whenTheAnswerIsLost_looksBeforeCallingAgain() {
    aws.failAfterNextCall(lostAnswer());

    assertThat(approving().run(plan).status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
  }

  @Test
  void mutate_whenTheCallNeverArrived_callsAgain() {
    aws.failBeforeNextCall(lostAnswer());

    assertThat(approving().run(plan).status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
  }

  @Test
  void mutate_whenThrottled_triesAgain() {
    aws.failBeforeNextCall(awsError("ThrottlingException", 400));

    assertThat(approving().run(plan).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void mutate_whenDenied_stopsWithTheNameOfTheOperation() {
    aws.failBeforeNextCall(awsError("AccessDenied", 403));

    RotationReport report = approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("denied toy:Make");
    assertThat(aws.things()).containsExactly("original");
  }

  @Test
  void waiting_whenItNeverEnds_stopsAfterItsTimeoutAndSaysWhatItSaw() {
    aws.neverGetsReady();

    RotationReport report = approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("Waited 1 hour for toy:Ready", "copy", "creating");
    assertThat(report.describe()).contains("BLOCKED after 1 hour\n");
    assertThat(Duration.between(report.startedAt(), report.endedAt()))
        .isGreaterThan(Duration.ofHours(1));
  }

  @Test
  void waiting_whenTheClockIsPutBack_endsNoLaterForIt() {
    aws.neverGetsReady();
    List<Duration> sleeps = new ArrayList<>();

    RotationReport report =
        runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                duration -> {
                  sleeps.add(duration);
                  assertThat(sleeps).hasSizeLessThan(1000);
                  now = sleeps.size() == 10 ? now.minus(Duration.ofDays(30)) : now.plus(duration);
                })
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(sleeps).hasSizeBetween(240, 243);
  }

  @Test
  void runs_ofOneRunner_shareItsCircuit() {
    for (int i = 0; i < 20; i++) {
      aws.failBeforeNextCall(lostAnswer());
    }
    RotationRunner runner = approving();
    runner.run(ToyStrategy.planFor("thing-1", ALL_STEPS));
    runner.run(ToyStrategy.planFor("thing-2", ALL_STEPS));

    RotationReport third = runner.run(ToyStrategy.planFor("thing-3", ALL_STEPS));

    assertThat(third.status()).isEqualTo(RunStatus.FAILED);
    assertThat(third.reason()).contains("was not sent because most calls before it failed");
    assertThat(approving().run(ToyStrategy.planFor("thing-4", ALL_STEPS)).status())
        .isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void mutate_whenItEndsInAnExceptionThatIsNotOfTheSdk_countsAsSent() {
    aws.failAfterNextCall(new IllegalStateException("a bug after the answer"));

    RotationReport failed = approving().run(plan);

    assertThat(failed.status()).isEqualTo(RunStatus.FAILED);
    try (RunLog log = FileJournal.in(directory).open(plan.runId())) {
      assertThat(log.entries())
          .filteredOn(entry -> entry.type() == EntryType.OUTCOME)
          .extracting(entry -> entry.value("outcome"))
          .containsExactly("UNKNOWN");
    }
    assertThat(approving().resume(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
  }

  @Test
  void requireComplete_whenAStepFailed_throwsWithTheReportAndTheFailure() {
    aws.failBeforeNextCall(awsError("AccessDenied", 403));
    RotationReport report = approving().run(plan);

    assertThatThrownBy(report::requireComplete)
        .isInstanceOfSatisfying(
            RotationIncompleteException.class, e -> assertThat(e.report()).isSameAs(report))
        .hasMessageContainingAll(plan.runId().value(), "thing", "FAILED", "denied toy:Make")
        .hasCauseInstanceOf(MissingPermissionException.class);
  }

  @Test
  void requireComplete_whenRolledBack_throwsAndNamesNoCause() {
    RotationReport stopped = runner().build().run(plan);
    RotationReport report = runner().build().rollBack(stopped.runId());

    assertThatThrownBy(report::requireComplete)
        .isInstanceOf(RotationIncompleteException.class)
        .hasMessageContaining("ROLLED_BACK")
        .hasNoCause();
  }

  @Test
  void requireComplete_whenTheRunSucceeded_givesTheReport() {
    RotationReport report = approving().run(plan);

    assertThat(report.requireComplete()).isSameAs(report);
  }

  @Test
  void rollBack_beforeRetire_leavesOnlyWhatWasThere() {
    RotationReport stopped =
        runner()
            .approval(
                Approvals.before(
                    Phase.CUTOVER,
                    Phase.RETIRE,
                    request ->
                        request.phase() == Phase.RETIRE
                            ? Approval.denied("not today")
                            : Approval.granted("test")))
            .build()
            .run(plan);
    assertThat(aws.things()).containsExactly("copy", "original", "switched");

    RotationReport report = runner().build().rollBack(stopped.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(aws.things()).containsExactly("original");
    assertThat(runner().build().resume(plan.runId()).status()).isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void rollBack_asksNobody() {
    RotationPlan disruptive = ToyStrategy.plan("make-copy", "compare", "disturb");
    approving().run(disruptive).requireComplete();
    RotationRunner asking =
        runner()
            .approval(
                Approvals.before(
                    Phase.CUTOVER,
                    request -> {
                      throw new AssertionError("asked about " + request.phase());
                    }))
            .build();

    assertThat(asking.rollBack(disruptive.runId()).status()).isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void mutate_whenACallIsOnlyToUndoAndTheRunGoesForward_isRefused() {
    RotationPlan plan = ToyStrategy.plan("clumsy");

    RotationReport report = approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("'clumsy' may not call toy:Remove");
    assertThat(aws.calls()).isEmpty();
    assertThat(runner().build().rollBack(plan.runId()).status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(aws.calls()).containsExactly("remove original");
  }

  @Test
  void approveEveryPhase_leavesOutNone() {
    Approvals approvals = Approvals.approveEveryPhaseIncludingDeletion();
    RotationReport soFar = runner().build().run(plan);

    assertThat(Phase.values())
        .allSatisfy(
            phase ->
                assertThat(approvals.ask(new ApprovalRequest(plan, phase, soFar)))
                    .isInstanceOf(Approval.Irreversible.class));
  }

  @Test
  void rollBack_whenTheRunHasEndedAndCouldAllBeUndone_leavesOnlyWhatWasThere() {
    RotationPlan undoable = ToyStrategy.plan("make-copy", "compare", "switch");
    approving().run(undoable).requireComplete();
    assertThat(aws.things()).containsExactly("copy", "original", "switched");

    RotationReport report = runner().build().rollBack(undoable.runId());

    assertThat(report.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(report.steps()).allMatch(step -> step.status() == StepStatus.UNDONE);
    assertThat(aws.things()).containsExactly("original");
    assertThat(runner().build().resume(undoable.runId()).status()).isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void cutover_whenAStepIsDisruptive_needsMoreThanAGrant() {
    RotationPlan disruptive = ToyStrategy.plan("make-copy", "compare", "disturb");

    RotationReport stopped =
        runner()
            .approval(Approvals.before(Phase.CUTOVER, r -> Approval.granted("test")))
            .build()
            .run(disruptive);

    assertThat(stopped.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(stopped.reason()).contains("CUTOVER", "iAcceptThatThisCannotBeUndone");
    assertThat(aws.things()).doesNotContain("disturbed");
    assertThat(approving().resume(disruptive.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(aws.things()).contains("disturbed");
    assertThat(runner().build().rollBack(disruptive.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void rollBack_whenTheRunHasEndedAndSomethingWasIrreversible_isRefused() {
    approving().run(plan);

    RotationRunner runner = runner().build();
    assertThatThrownBy(() -> runner.rollBack(plan.runId())).isInstanceOf(RotationException.class);
  }

  @Test
  void listener_whenItThrows_changesNothing() {
    List<String> done = new ArrayList<>();
    RotationReport report =
        runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(
                new RotationListener() {
                  @Override
                  public void onStepDone(
                      RotationPlan p,
                      io.github.kmsrotation.plan.StepDescription step,
                      io.github.kmsrotation.plan.StepOutcome.Done outcome) {
                    done.add(step.id());
                    throw new IllegalStateException("a listener cannot steer");
                  }
                })
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(done).containsExactly("make-copy", "compare", "switch", "destroy");
  }

  private static RuntimeException lostAnswer() {
    return SdkClientException.create("lost", new java.io.IOException("connection reset"));
  }

  private static RuntimeException awsError(String code, int status) {
    return AwsServiceException.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
        .build();
  }
}
