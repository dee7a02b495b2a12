package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that its caller advances, and one that a gate holds. */
class RunInProgressTest {

  @TempDir Path directory;
  private final ToyAws aws = new ToyAws();
  private final RotationPlan plan = ToyStrategy.plan();

  private RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(new ToyStrategy.World(aws))
        .approval(Approvals.approveEveryPhaseIncludingDeletion());
  }

  @Test
  void tick_whenAStepWaits_returnsWhenToLookAgain() {
    aws.neverGetsReady();
    try (RunInProgress run = runner().build().takeUp(plan)) {
      Tick first = run.tick();
      Tick second = run.tick();

      assertThat(first)
          .isInstanceOfSatisfying(
              Tick.Waiting.class,
              waiting -> {
                assertThat(waiting.step().id()).isEqualTo("make-copy");
                assertThat(waiting.pause()).isEqualTo(Duration.ofSeconds(15));
                assertThat(waiting.condition().orElseThrow().kind()).isEqualTo("toy:Ready");
              });
      assertThat(second).isInstanceOf(Tick.Waiting.class);
    }
    assertThat(aws.calls()).containsExactly("make copy");
    assertThat(aws.timesClosed()).isEqualTo(1);
  }

  @Test
  void tick_whenNothingWaits_endsAndStaysEnded() {
    try (RunInProgress run = runner().build().takeUp(plan)) {
      Tick end = run.tick();

      assertThat(end)
          .isInstanceOfSatisfying(
              Tick.Ended.class,
              ended -> assertThat(ended.report().status()).isEqualTo(RunStatus.SUCCEEDED));
      assertThat(run.tick()).isSameAs(end);
    }
  }

  @Test
  void takeUp_ofAPlanThatWasBegun_goesOnWithIt() {
    aws.neverGetsReady();
    RotationRunner runner = runner().build();
    try (RunInProgress run = runner.takeUp(plan)) {
      run.tick();
      assertThatThrownBy(() -> runner.takeUp(plan)).isInstanceOf(RunInUseException.class);
    }
    assertThat(runner.reportOf(plan.runId()).status()).isEqualTo(RunStatus.RUNNING);

    try (RunInProgress again = runner.takeUp(plan)) {
      assertThat(again.plan()).isEqualTo(plan);
      assertThat(again.tick()).isInstanceOf(Tick.Waiting.class);
    }
    assertThat(aws.calls()).containsExactly("make copy");
  }

  @Test
  void takeUp_whenTheProcessDiedBeforeThePlanWasWritten_beginsIt() {
    FileJournal.in(directory).create(plan.runId()).close();

    try (RunInProgress run = runner().build().takeUp(plan)) {
      assertThat(run.tick()).isInstanceOf(Tick.Ended.class);
    }
    assertThat(runner().build().reportOf(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void takeUp_whenTheJournalHoldsAnotherPlan_isRefused() {
    runner().build().run(plan);
    RotationPlan other =
        RotationPlan.builder(plan.runId(), Instant.parse("2026-11-24T08:00:00Z"))
            .target("toy", "another")
            .place("eu-central-1", "111122223333")
            .keys("NEW_KEY_REQUESTED", Optional.empty(), plan.targetKeyArn())
            .steps(plan.steps())
            .build();
    RotationRunner runner = runner().build();

    assertThatThrownBy(() -> runner.takeUp(other))
        .isInstanceOf(RotationException.class)
        .hasMessageContaining("another plan for run " + plan.runId());
    assertThat(runner.reportOf(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void gate_holdsTheBlockingRunnerToo_butNotWithinACutover() {
    List<String> asked = new ArrayList<>();
    List<Duration> slept = new ArrayList<>();
    RotationPlan twoCutovers = ToyStrategy.plan("make-copy", "compare", "switch", "disturb");

    runner()
        .sleeper(slept::add)
        .gate(
            (p, step) -> {
              asked.add(step.id());
              return step.phase() == Phase.CUTOVER && slept.isEmpty()
                  ? Optional.of(Duration.ofHours(3))
                  : Optional.empty();
            })
        .build()
        .run(twoCutovers)
        .requireComplete();

    assertThat(asked).containsExactly("make-copy", "compare", "switch", "switch");
    assertThat(slept).containsExactly(Duration.ofHours(3));
  }

  @Test
  void gate_whenItThrows_endsTheRunResumable() {
    RotationReport report =
        runner()
            .gate(
                (p, step) -> {
                  throw new IllegalStateException("no calendar");
                })
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.FAILED);
    assertThat(report.reason()).contains("make-copy", "no calendar");
    assertThat(runner().build().resume(plan.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void optionsFor_goesBeforeTheOptionsOfTheKind() {
    ToyAws special = new ToyAws();

    runner()
        .optionsFor(p -> Optional.of(new ToyStrategy.World(special)))
        .build()
        .run(plan)
        .requireComplete();

    assertThat(special.calls()).hasSize(3);
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void reportOf_anUnknownRun_saysSo() {
    RotationRunner runner = runner().build();

    assertThatThrownBy(() -> runner.reportOf(RunId.random()))
        .hasMessageContaining("There is no run");
  }
}
