package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.ResourceInUseException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs of one journal never change the same resource, also when neither is executed. */
class OneRunPerResourceTest {

  private static final int RACES = 200;
  private static final int RACERS = 3;

  @TempDir Path directory;
  private final ToyAws aws = new ToyAws();
  private final RotationPlan first = ToyStrategy.plan();
  private final RotationPlan second = ToyStrategy.plan();

  private RotationRunner runner(Approvals approvals) {
    return RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(new ToyStrategy.World(aws))
        .sleeper(duration -> {})
        .approval(approvals)
        .build();
  }

  private RotationRunner stopping() {
    return runner(Approvals.stopBeforeCutoverAndRetire());
  }

  private RotationRunner approving() {
    return runner(Approvals.approveEveryPhaseIncludingDeletion());
  }

  @Test
  void run_whileAnotherRunHasTheResource_isRefused_andGoesOnWhenThatOneHasEnded() {
    assertThat(stopping().run(first).status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    List<String> calls = List.copyOf(aws.calls());

    assertThatThrownBy(() -> approving().run(second))
        .isInstanceOf(ResourceInUseException.class)
        .hasMessageContaining(first.runId().value())
        .hasMessageContaining("thing");
    assertThatThrownBy(() -> approving().resume(second.runId()))
        .isInstanceOf(ResourceInUseException.class);
    assertThat(aws.calls()).isEqualTo(calls);

    assertThat(approving().resume(first.runId()).status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(stopping().resume(second.runId()).status()).isNotEqualTo(RunStatus.RUNNING);
  }

  @Test
  void run_afterTheOtherWasRolledBack_hasTheResource() {
    stopping().run(first);
    stopping().rollBack(first.runId());

    assertThat(approving().run(second).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void run_whenTheOtherRunsJournalIsGone_hasTheResource() throws IOException {
    stopping().run(first);
    Files.delete(directory.resolve(first.runId() + ".journal"));

    assertThat(stopping().run(second).status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
  }

  @Test
  void run_whenTheOtherWasKilledBetweenItsEndAndTheRelease_hasTheResource() throws IOException {
    stopping().run(first);
    Path claim = claim();
    byte[] held = Files.readAllBytes(claim);
    approving().resume(first.runId());
    Files.write(claim, held);

    assertThat(approving().run(second).status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void run_whenAClaimIsDamaged_isRefused() throws IOException {
    stopping().run(first);
    Files.writeString(claim(), "?");

    assertThatThrownBy(() -> stopping().run(second))
        .isInstanceOf(JournalCorruptedException.class)
        .hasMessageContaining("claim");
  }

  private Path claim() throws IOException {
    try (var files = Files.list(directory.resolve("claims"))) {
      return files.filter(file -> file.toString().endsWith(".claim")).findFirst().orElseThrow();
    }
  }

  @Test
  void rollBack_ofARunThatHasEnded_isRefusedWhileAnotherHasTheResource() {
    RotationPlan kept = ToyStrategy.plan("make-copy", "compare", "switch");
    runner(Approvals.before(Phase.CUTOVER, request -> Approval.granted("me"))).run(kept);
    stopping().run(second);

    assertThatThrownBy(() -> stopping().rollBack(kept.runId()))
        .isInstanceOf(ResourceInUseException.class);
  }

  @Test
  void races_forAResource_haveOneWinner_hundredsOfTimes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(RACERS);
    try {
      for (int race = 0; race < RACES; race++) {
        CyclicBarrier start = new CyclicBarrier(RACERS);
        List<Callable<Optional<RotationPlan>>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
          racers.add(() -> enter(ToyStrategy.plan(), start));
        }
        List<RotationPlan> winners = new ArrayList<>();
        for (Future<Optional<RotationPlan>> entered : threads.invokeAll(racers)) {
          entered.get().ifPresent(winners::add);
        }
        assertThat(winners).as("winners of race " + race).hasSize(1);
        stopping().rollBack(winners.get(0).runId());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Optional<RotationPlan> enter(RotationPlan plan, CyclicBarrier start) throws Exception {
    start.await();
    try {
      stopping().run(plan);
      return Optional.of(plan);
    } catch (ResourceInUseException e) {
      return Optional.empty();
    }
  }
}
