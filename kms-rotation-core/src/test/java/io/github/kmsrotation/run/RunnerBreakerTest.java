package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers' code and damaged files do to the runner. */
class RunnerBreakerTest {

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
    assertThat(ended).hasSize(1);
  }

  /** RotationListener: "A listener cannot steer: its exceptions change nothing." */
  @Test
  void listener_whenItThrowsAnError_changesNothing() {
    RotationRunner runner =
        runner()
            .approval(Approvals.approveEverythingIncludingDeletion())
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
            .approval(Approvals.approveEverythingIncludingDeletion())
            .listener(
                new RotationListener() {
                  @Override
                  public void onStepStarted(RotationPlan p, StepDescription step) {
                    Thread.currentThread().interrupt();
                  }

                  @Override
                  public void onStepWaiting(RotationPlan p, StepDescription s, Condition c) {}
                })
            .build();

    try {
      assertThatCode(() -> assertThat(runner.run(plan).reason()).contains("interrupted"))
          .doesNotThrowAnyException();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void fromJson_ofJsonThatIsNoObject_isRefusedAsNoPlan() {
    assertThatThrownBy(() -> RotationPlan.fromJson("null"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resume_whenAnEntryNamesAnUnknownPhase_saysThatTheJournalIsDamaged() {
    writeEntry(EntryType.APPROVAL, "", Map.of("answer", "granted", "phase", "SHRED"));

    assertThatThrownBy(() -> runner().build().resume(plan.runId()))
        .isInstanceOf(JournalCorruptedException.class);
  }

  @Test
  void resume_whenEvidenceIsNotOfItsForm_saysThatTheJournalIsDamaged() {
    writeEntry(EntryType.STEP_DONE, "compare", Map.of("evidence.00000", "content"));

    assertThatThrownBy(() -> runner().build().resume(plan.runId()))
        .isInstanceOf(JournalCorruptedException.class);
  }

  private void writeEntry(EntryType type, String step, Map<String, String> data) {
    try (RunLog log = FileJournal.in(directory).create(plan.runId())) {
      Instant at = Instant.parse("2026-11-24T08:00:00Z");
      log.append(JournalEntry.of(at, EntryType.PLAN, "", Map.of("plan", plan.toJson())));
      log.append(JournalEntry.of(at, type, step, data));
    }
  }
}
