package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Promises 2 and 3 where KMS shows what was made, and every other change, only later. */
class KeyConsistencyTest {

  private static final List<KeyScenario> SCENARIOS =
      Stream.of(KeyScenario.values())
          .filter(s -> s != KeyScenario.MATERIAL_AGAIN && s != KeyScenario.RETIREMENT)
          .toList();

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private KeyWorld world;

  @SuppressWarnings("NullAway.Init")
  private StaleKms stale;

  private RotationPlan plan(KeyScenario scenario, Duration delay) {
    TestClock clock = TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"));
    world = new KeyWorld(directory.resolve("journal"), clock, delay);
    scenario.create(world);
    world.pass(delay);
    world.aws.calls().clear();
    stale = new StaleKms(world.application::kms, clock, delay);
    return scenario.planner.apply(world.application).clock(clock).plan();
  }

  private RotationRunner runner() {
    return world
        .runner()
        .with(
            world
                .application
                .options()
                .client(stale.in(world.aws.region()))
                .replicaClients(stale::in)
                .build())
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  @AfterEach
  void close() {
    world.close();
  }

  static Stream<Arguments> delays() {
    return SCENARIOS.stream()
        .flatMap(
            scenario ->
                Stream.of(30, 290)
                    .map(seconds -> Arguments.of(scenario, Duration.ofSeconds(seconds))));
  }

  @ParameterizedTest
  @MethodSource("delays")
  void rotation_whereChangesShowLate_endsTheSame_andSendsNothingTwiceButTags(
      KeyScenario scenario, Duration delay) {
    RotationPlan plan = plan(scenario, delay);

    RotationReport report = runner().run(plan);

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.calls().mutating())
        .filteredOn(Call::tookEffect)
        .extracting(Call::operation)
        .filteredOn(operation -> !operation.equals("TagResource"))
        .isEqualTo(scenario.calls.stream().filter(c -> !c.equals("TagResource")).toList());
    assertThat(KeyCrashTest.state(world)).isEqualTo(KeyCrashTest.undisturbed(scenario, true));
  }

  static Stream<Arguments> everyCallThatCanBeRolledBack() {
    return SCENARIOS.stream()
        .flatMap(
            scenario ->
                IntStream.range(1, scenario.firstIrreversible)
                    .mapToObj(n -> Arguments.of(scenario, n)));
  }

  @ParameterizedTest
  @MethodSource("everyCallThatCanBeRolledBack")
  void rollBack_atOnceAfterTheNthCall_whereChangesShowLate_leavesKeysAsTheyWere(
      KeyScenario scenario, int n) {
    RotationPlan plan = plan(scenario, Duration.ofSeconds(20));
    stale.stopAfter(n);
    assertThat(runner().run(plan).status()).isEqualTo(RunStatus.FAILED);

    RotationReport report = runner().rollBack(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    List<String> left = KeyCrashTest.state(world);
    List<String> before = KeyCrashTest.undisturbed(scenario, false);
    if (world.aws.calls().of("UpdateAlias").isEmpty()) {
      assertThat(left).isEqualTo(before);
    } else {
      assertThat(left).containsAll(before);
    }
  }
}
