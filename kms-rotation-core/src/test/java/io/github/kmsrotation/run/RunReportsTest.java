package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalEntry;
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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What reports and requests say: since when, how far, why, and what to do next. */
class RunReportsTest {

  @TempDir Path directory;
  private final ToyAws aws = new ToyAws();
  private final RotationPlan plan = ToyStrategy.plan();
  private final String resumeOrRollBack =
      "Mend the cause, then resume(\""
          + plan.runId()
          + "\"), or rollBack(\""
          + plan.runId()
          + "\").";
  private Instant now = plan.createdAt().plus(Duration.ofDays(3));
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  private RotationRunner runner(Approvals approvals) {
    return RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(new ToyStrategy.World(aws))
        .approval(approvals)
        .clock(clock)
        .sleeper(duration -> now = now.plus(duration))
        .build();
  }

  private RotationRunner stopping() {
    return runner(Approvals.stopBeforeCutoverAndRetire());
  }

  private RotationRunner approving() {
    return runner(Approvals.approveEveryPhaseIncludingDeletion());
  }

  private static AwsServiceException denied() {
    return AwsServiceException.builder()
        .statusCode(403)
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .errorCode("AccessDenied")
                .errorMessage("User: ops is not authorized to perform: toy:Make")
                .build())
        .build();
  }

  @Test
  void times_firstAndReopened_countFromTheRunsBeginningNotFromThePlans() {
    Instant begun = now;
    aws.failBeforeNextCall(denied());
    assertThat(approving().run(plan).startedAt()).isEqualTo(begun);

    now = now.plusSeconds(91);
    RotationReport back = stopping().rollBack(plan.runId());

    assertThat(back.startedAt()).isEqualTo(begun);
    assertThat(back.describe()).contains("ROLLED_BACK after 1 min 31 s");
  }

  @Test
  void times_whenTheClockIsPutBack_neverRunBackwards() {
    RotationReport first = stopping().run(plan);

    now = now.minus(Duration.ofDays(30));
    RotationReport back = stopping().rollBack(plan.runId());

    assertThat(back.startedAt()).isEqualTo(first.startedAt());
    assertThat(back.endedAt()).isAfterOrEqualTo(first.endedAt());
  }

  @Test
  void times_ofARunThatCameToItsEnd_stayWhateverTheClockSaysLater() {
    RotationReport end = approving().run(plan);

    now = now.plus(Duration.ofDays(9));

    assertThat(stopping().reportOf(plan.runId()).endedAt()).isEqualTo(end.endedAt());
    assertThat(stopping().resume(plan.runId()).endedAt()).isEqualTo(end.endedAt());
  }

  @Test
  void failed_beforeAnythingIrreversible_saysHowFarItCameAndBothWaysOn() {
    aws.failBeforeNextCall(new IllegalStateException("boom"));

    assertThat(approving().run(plan).reason())
        .isEqualTo(
            "Step 'make-copy' failed: java.lang.IllegalStateException: boom. Steps done: 0 of 4;"
                + " nothing irreversible was sent. "
                + resumeOrRollBack);
  }

  @Test
  void failed_whenDenied_namesWhatAwsNamed() {
    aws.failBeforeNextCall(denied());

    assertThat(approving().run(plan).reason())
        .contains("AWS says: User: ops is not authorized to perform: toy:Make.")
        .endsWith(resumeOrRollBack);
  }

  @Test
  void failed_afterSomethingIrreversibleWasSent_doesNotOfferToRollBack() {
    runner(Approvals.before(Phase.RETIRE, request -> Approval.later())).run(plan);
    aws.failAfterNextCall(new IllegalStateException("boom"));

    assertThat(approving().resume(plan.runId()).reason())
        .endsWith(
            "Steps done: 3 of 4; step 'destroy' has sent what cannot be undone. Mend the cause,"
                + " then resume(\""
                + plan.runId()
                + "\").");
  }

  @Test
  void failed_whileRollingBack_saysWhatIsLeftToUndo() {
    stopping().run(plan);
    aws.failBeforeNextCall(new IllegalStateException("boom"));

    assertThat(stopping().rollBack(plan.runId()).reason())
        .endsWith(
            "Steps still to be undone: 1 of 4. Mend the cause, then resume(\""
                + plan.runId()
                + "\"), which goes on rolling back.");
  }

  @Test
  void failed_whenTheMessageSaysHowToGoOn_saysItOnce() {
    aws.failBeforeNextCall(new IllegalStateException("Wind it up, then resume."));

    assertThat(approving().run(plan).reason())
        .endsWith("then resume. Steps done: 0 of 4; nothing irreversible was sent.");
  }

  @Test
  void awaiting_saysTheFirstTimeWhichApprovalItTakesAndWhy() {
    assertThat(stopping().run(plan).reason())
        .isEqualTo(
            "CUTOVER awaits an approval; it takes Approval.granted. Resume with an approver that"
                + " gives it, or roll back.");
    assertThat(
            runner(Approvals.before(Phase.CUTOVER, request -> Approval.granted("test")))
                .resume(plan.runId())
                .reason())
        .contains(
            "RETIRE awaits an approval; it takes Approval.iAcceptThatThisCannotBeUndone, because"
                + " step 'destroy' cannot be undone.");
    assertThat(
            stopping()
                .run(ToyStrategy.planFor("other", "make-copy", "compare", "disturb"))
                .reason())
        .contains("because step 'disturb' may disrupt what cannot be put right.");
  }

  @Test
  void reportOf_saysInWhichStatusTheRunStoppedAndWhy() {
    assertStandsAs(stopping().run(plan), RunStatus.AWAITING_APPROVAL);
    assertStandsAs(
        runner(Approvals.before(Phase.CUTOVER, request -> Approval.denied("not today")))
            .resume(plan.runId()),
        RunStatus.AWAITING_APPROVAL);
    aws.failBeforeNextCall(denied());
    assertStandsAs(approving().resume(plan.runId()), RunStatus.FAILED);
    assertStandsAs(approving().resume(plan.runId()), RunStatus.SUCCEEDED);
  }

  @Test
  void reportOf_whenBlocked_saysWhatBlocksAndTheRemedy() {
    aws.neverGetsReady();

    assertStandsAs(approving().run(plan), RunStatus.BLOCKED);
  }

  private void assertStandsAs(RotationReport stopped, RunStatus status) {
    now = now.plus(Duration.ofDays(1));
    RotationReport standing = stopping().reportOf(plan.runId());
    assertThat(stopped.status()).isEqualTo(status);
    assertThat(standing.status()).isEqualTo(status);
    assertThat(standing.reason()).isEqualTo(stopped.reason());
    assertThat(standing.endedAt()).isEqualTo(stopped.endedAt());
  }

  @Test
  void reportOf_whenCallersCodeFailed_doesNotRepeatWhatItSaid() {
    aws.failBeforeNextCall(new IllegalStateException("password=hunter2"));
    approving().run(plan);

    assertThat(stopping().reportOf(plan.runId()).reason())
        .startsWith("Step 'make-copy' failed: java.lang.IllegalStateException. Steps done: 0 of 4;")
        .doesNotContain("hunter2");
  }

  @Test
  void reportOf_whenTheProcessDied_saysTheLastThingThatTheJournalTells() {
    stopping().run(plan);
    try (RunLog log = FileJournal.in(directory).open(plan.runId())) {
      log.append(
          JournalEntry.of(
              now,
              EntryType.INTENT,
              "switch",
              Map.of("operation", "toy:Make", "resource", "switched")));
    }

    RotationReport report = stopping().reportOf(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(report.reason())
        .contains("step 'switch' was about to send toy:Make for 'switched'. Resume it, or roll");
  }

  @Test
  void request_describe_holdsWhatSomebodyNeedsToAnswer() {
    List<String> asked = new ArrayList<>();
    runner(
            Approvals.before(
                Phase.CUTOVER,
                Phase.RETIRE,
                request -> {
                  asked.add(request.describe());
                  return Approval.granted("test");
                }))
        .run(plan);

    assertThat(asked).hasSize(2);
    assertThat(asked.get(0)).contains("May CUTOVER begin? It takes Approval.granted.");
    assertThat(asked.get(1))
        .contains(
            "May RETIRE begin? It takes Approval.iAcceptThatThisCannotBeUndone, because step",
            "toy 'thing' in eu-central-1, account 111122223333",
            "reason    NEW_KEY_REQUESTED",
            "key then  " + ToyStrategy.KEY_ARN,
            " 4. RETIRE   Destroy the original",
            "calls   toy:Remove",
            "CANNOT BE UNDONE",
            "So far:",
            "DONE     Compare",
            "1 of 1 compared things are equal")
        .doesNotContain(" 1. COPY", "PENDING");
  }
}
