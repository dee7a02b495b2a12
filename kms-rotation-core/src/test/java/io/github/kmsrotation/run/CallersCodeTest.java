package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers' code does to the runner: it throws, and it interrupts. */
class CallersCodeTest {

  @TempDir Path directory;
  private final ToyAws aws = new ToyAws();
  private final RotationPlan plan = ToyStrategy.plan();

  private RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(new ToyStrategy.World(aws))
        .sleeper(
            duration -> {
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
            });
  }

  /** Approver: "An exception stops the run as a failure; it is never taken for an answer." */
  @Test
  void approver_whenItThrows_stopsTheRunAsAFailureWithAReport() {
    List<RotationReport> ended = new ArrayList<>();
    RotationRunner runner =
        runner()
            .approval(
                Approvals.before(
                    Phase.CUTOVER,
                    request -> {
                      throw new IllegalStateException("the chat server is down");
                    }))
            .listener(
                new RotationListener() {
                  @Override
                  public void onRunEnded(RotationReport report) {
                    ended.add(report);
                  }
                })
            .build();

    assertThatCode(() -> assertThat(runner.run(plan).status()).isEqualTo(RunStatus.FAILED))
        .doesNotThrowAnyException();
    assertThat(ended).singleElement().satisfies(this::namesTheApproversFailure);
    assertThat(approving().resume(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  private void namesTheApproversFailure(RotationReport report) {
    assertThat(report.reason()).contains("CUTOVER", "the chat server is down", "Resume");
    assertThat(report.failure()).containsInstanceOf(IllegalStateException.class);
    assertThat(aws.things()).doesNotContain("switched");
  }

  private RotationRunner approving() {
    return runner().approval(Approvals.approveEveryPhaseIncludingDeletion()).build();
  }

  /** RotationListener: "A listener cannot steer: its exceptions change nothing." */
  @Test
  void listener_whenItThrowsAnError_changesNothing() {
    RotationRunner runner =
        runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(
                new RotationListener() {
                  @Override
                  public void onStepStarted(RotationPlan p, StepDescription step) {
                    throw new NoClassDefFoundError("org/example/Metrics");
                  }
                })
            .build();

    assertThatCode(() -> assertThat(runner.run(plan).status()).isEqualTo(RunStatus.SUCCEEDED))
        .doesNotThrowAnyException();
  }

  /** Sleeper: "if the thread was interrupted; the run then stops, resumable". */
  @Test
  void run_whenItsThreadIsInterrupted_stopsWithAReport() {
    RotationRunner runner =
        runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(
                new RotationListener() {
                  @Override
                  public void onStepStarted(RotationPlan p, StepDescription step) {
                    Thread.currentThread().interrupt();
                  }
                })
            .build();

    try {
      assertThatCode(() -> assertThat(runner.run(plan).reason()).contains("interrupted"))
          .doesNotThrowAnyException();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(approving().resume(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  /** BoundSteps: "What the closer throws is told in the report and changes nothing else." */
  @Test
  void closer_whenItThrows_theReportIsHandedOverAndTellsIt() {
    aws.failWhenClosing(new IllegalStateException("the pool was closed twice"));

    RotationReport report = approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(report.reason()).contains("could not be closed", "the pool was closed twice");
    assertThat(report.requireComplete()).isSameAs(report);
    assertThat(approving().resume(plan.runId()).reason()).isEmpty();
  }

  @Test
  void closer_whenItThrowsAfterAFailure_theFailureStaysAndCarriesIt() {
    IllegalStateException failure = new IllegalStateException("a step went wrong");
    IllegalStateException unclosed = new IllegalStateException("the pool was closed twice");
    aws.failBeforeNextCall(failure);
    aws.failWhenClosing(unclosed);

    RotationReport report = approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("a step went wrong", "the pool was closed twice");
    assertThat(report.failure()).containsSame(failure);
    assertThat(failure).hasSuppressedException(unclosed);
  }

  @Test
  void closer_whenItThrowsAfterAnException_theExceptionStaysAndCarriesIt() {
    approving().run(plan);
    IllegalStateException unclosed = new IllegalStateException("the pool was closed twice");
    aws.failWhenClosing(unclosed);

    assertThatThrownBy(() -> approving().run(plan))
        .isInstanceOf(RunInUseException.class)
        .hasSuppressedException(unclosed);
  }

  @Test
  void journal_whenItsLogCannotBeClosed_theReportIsHandedOverAndTellsIt() {
    RotationRunner runner =
        runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .journal(new UnclosableJournal(FileJournal.in(directory)))
            .build();

    RotationReport report = runner.run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(report.reason()).contains("the disk is gone");
    assertThat(runner.resume(plan.runId()).reason()).contains("the disk is gone");
  }

  private record UnclosableJournal(Journal journal) implements Journal {
    @Override
    public RunLog create(RunId runId) {
      return new UnclosableLog(journal.create(runId));
    }

    @Override
    public RunLog open(RunId runId) {
      return new UnclosableLog(journal.open(runId));
    }

    @Override
    public List<RunId> runs() {
      return journal.runs();
    }
  }

  private record UnclosableLog(RunLog log) implements RunLog {
    @Override
    public List<JournalEntry> entries() {
      return log.entries();
    }

    @Override
    public void append(JournalEntry entry) {
      log.append(entry);
    }

    @Override
    public void claim(Set<String> resources) {
      log.claim(resources);
    }

    @Override
    public void release() {
      log.release();
    }

    @Override
    public void close() {
      log.close();
      throw new IllegalStateException("the disk is gone");
    }
  }

  @Test
  void run_whenInterruptedInACall_stopsWithAReportAndLooksBeforeItCallsAgain() {
    aws.interruptNextCall();
    try {
      RotationReport report = approving().run(plan);

      assertThat(report.status()).isEqualTo(RunStatus.FAILED);
      assertThat(report.reason()).contains("interrupted", "Resume");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(approving().resume(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(aws.calls()).containsExactly("make copy", "make switched", "remove original");
  }
}
