package io.github.kmsrotation.kms;

import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** A rotation in a process of its own, to be killed. */
final class KeyRotationProcess {

  static final double SPEED = 3_000;

  private KeyRotationProcess() {}

  /** Arguments: endpoint, Region, journal directory, scenario. */
  public static void main(String[] arguments) {
    TestClock clock = TestClock.running(SPEED);
    try (KeyApplication application =
        new KeyApplication(URI.create(arguments[0]), arguments[1], Path.of(arguments[2]))) {
      application
          .runner()
          .approval(Approvals.approveEveryPhaseIncludingDeletion())
          .clock(clock)
          .sleeper(clock::sleep)
          .build()
          .run(KeyScenario.valueOf(arguments[3]).planner.apply(application).clock(clock).plan())
          .requireComplete();
    }
  }

  static Process start(KeyWorld world, Path journal, Path output, KeyScenario scenario)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            System.getProperty("java.class.path")
                + File.pathSeparator
                + System.getProperty("surefire.test.class.path", ""),
            KeyRotationProcess.class.getName(),
            world.aws.endpoint().toString(),
            world.aws.region(),
            journal.toString(),
            scenario.name())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }
}
