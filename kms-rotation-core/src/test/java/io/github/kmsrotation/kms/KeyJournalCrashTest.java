package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise 2 where the journal fails: what it holds is enough to end the same way. */
class KeyJournalCrashTest {

  @TempDir Path directory;

  /** Some writes of every plan, the last ones of short plans; all with kmsrotation.everyCall. */
  static Stream<Arguments> writes() {
    return Stream.of(KeyScenario.values())
        .flatMap(kind -> FaultyJournal.writes(kind, kind.calls.size()));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void rotation_whenTheNthWriteOfTheJournalFails_isResumedToTheSameEnd(
      KeyScenario scenario, FaultyJournal.Way way, int n) {
    Path files = directory.resolve("journal");
    try (KeyWorld world = new KeyWorld(files)) {
      scenario.create(world);
      RotationPlan plan = scenario.planner.apply(world.application).clock(world.aws.clock()).plan();
      FaultyJournal journal = new FaultyJournal(files, way, n);
      RotationRunner dying =
          world
              .runner()
              .journal(journal)
              .approval(Approvals.approveEveryPhaseIncludingDeletion())
              .build();
      assertThatThrownBy(() -> dying.run(plan)).isInstanceOf(JournalUnavailableException.class);
      assertThat(journal.hasFailed()).isTrue();

      world.approving().resume(plan.runId()).requireComplete();

      assertThat(KeyCrashTest.state(world)).isEqualTo(KeyCrashTest.undisturbed(scenario, true));
    }
  }
}
