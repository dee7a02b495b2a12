package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A call does not arrive, and when it is sent again, its answer is lost. */
class KeyLostTwiceTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private KeyWorld world;

  @AfterEach
  void close() {
    world.close();
  }

  static Stream<Arguments> everyCall() {
    return KeyCrashTest.everyCall();
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheNthCallIsLostTwice_endsTheSame(KeyScenario scenario, int n) {
    world = new KeyWorld(directory.resolve("journal"));
    scenario.create(world);
    RotationPlan plan = scenario.planner.apply(world.application).clock(world.aws.clock()).plan();
    world.aws.faults().onMutating().nth(n + 1).dropAfter();
    world.aws.faults().onMutating().nth(n).dropBefore();

    world.approving().run(plan).requireComplete();

    assertThat(world.aws.faults().fired()).isEqualTo(2);
    assertThat(KeyCrashTest.state(world)).isEqualTo(KeyCrashTest.undisturbed(scenario, true));
  }
}
