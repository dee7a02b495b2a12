package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.fault.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Promises 2 and 3, where the process is killed: before a call reaches AWS, or after it did. */
class EbsKillTest extends CrashFixture {

  static Stream<Arguments> everyCallOfAnInstance() {
    return everyOf(Scenario.INSTANCE.calls().size());
  }

  static Stream<Arguments> everyCallOfTheRollBackOfAnInstance() {
    return everyOf(Scenario.INSTANCE.callsOfRollBack().size());
  }

  /** Before it or after it by turns; both of each with -Dkmsrotation.everyCall=true. */
  private static Stream<Arguments> everyOf(int calls) {
    return IntStream.rangeClosed(1, calls)
        .boxed()
        .flatMap(n -> Stream.of(Arguments.of("before", n), Arguments.of("after", n)))
        .filter(
            killed ->
                Boolean.getBoolean("kmsrotation.everyCall")
                    || killed.get()[0].equals((int) killed.get()[1] % 2 == 0 ? "before" : "after"));
  }

  @ParameterizedTest(name = "killed {0} call {1}")
  @MethodSource("everyCallOfAnInstance")
  void rotation_whenItsProcessIsKilled_isResumedToTheSameEnd(String moment, int n)
      throws Exception {
    create(Scenario.INSTANCE, TestClock.running(RotationProcess.SPEED));

    killAt(moment, n, "run", target);

    assertRotatedOnce(approving().resume(onlyRun()));
  }

  @ParameterizedTest(name = "killed {0} call {1}")
  @MethodSource("everyCallOfTheRollBackOfAnInstance")
  void rollBack_whenItsProcessIsKilled_goesOnWhenResumed(String moment, int n) throws Exception {
    create(Scenario.INSTANCE, TestClock.running(RotationProcess.SPEED));
    RunId runId = runUntilRetirement();

    killAt(moment, n, "roll-back", runId.value());

    assertAsBefore(plain().resume(runId));
  }

  /** The calls whose loss would hurt most: what makes, what takes away, and what destroys. */
  static Stream<Arguments> someCallsOfOtherScenarios() {
    return Stream.of(
        Arguments.of(Scenario.FROZEN_VOLUME, "after", 3),
        Arguments.of(Scenario.FROZEN_VOLUME, "before", 4),
        Arguments.of(Scenario.UNATTACHED_VOLUME, "after", 2),
        Arguments.of(Scenario.UNATTACHED_VOLUME, "after", 3),
        Arguments.of(Scenario.ROOT_VOLUME_BY_TASK, "before", 3),
        Arguments.of(Scenario.ROOT_VOLUME_BY_TASK, "after", 3));
  }

  @ParameterizedTest(name = "{0} killed {1} call {2}")
  @MethodSource("someCallsOfOtherScenarios")
  void rotationOfOtherKinds_whenItsProcessIsKilled_isResumedToTheSameEnd(
      Scenario wanted, String moment, int n) throws Exception {
    create(wanted, TestClock.running(RotationProcess.SPEED));

    killAt(moment, n, "run", target);

    assertRotatedOnce(approving().resume(onlyRun()));
  }

  private RunId onlyRun() {
    List<RunId> runs = FileJournal.in(world.journal).runs();
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  private void killAt(String moment, int n, String... what)
      throws IOException, InterruptedException {
    CompletableFuture<Process> child = new CompletableFuture<>();
    Runnable kill =
        () -> {
          child.join().destroyForcibly();
          awaitEnd(child.join());
        };
    Faults.Rule nthCall = world.aws.faults().onMutating().nth(n);
    if (moment.equals("before")) {
      nthCall.dropBefore(kill);
    } else {
      nthCall.dropAfter(kill);
    }
    Path output = directory.resolve("child-output.txt");
    Process process = RotationProcess.start(world, output, scenario.name(), List.of(what));
    child.complete(process);
    process.waitFor();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(137);
    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  private static void awaitEnd(Process process) {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
