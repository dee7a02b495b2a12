package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A rotation in a process of its own, to be killed. */
final class RotationProcess {

  /** As fast as the embedded AWS's clock, so that what the step waits for takes no real time. */
  static final double SPEED = 3_000;

  private RotationProcess() {}

  /**
   * Arguments: endpoint, Region, journal directory, time, run and a target, or roll-back and a run
   * id, and the name of a scenario.
   */
  public static void main(String[] arguments) {
    try (EbsApplication application =
        new EbsApplication(URI.create(arguments[0]), arguments[1], Path.of(arguments[2]))) {
      TestClock clock = TestClock.running(SPEED);
      clock.advance(Duration.between(clock.instant(), Instant.parse(arguments[3])));
      EbsOptions options = application.options(arguments[6]);
      RotationRunner runner =
          application
              .runner()
              .with(options)
              .approval(Approvals.approveEveryPhaseIncludingDeletion())
              .clock(clock)
              .sleeper(clock::sleep)
              .build();
      RotationReport report =
          arguments[4].equals("run")
              ? runner.run(application.planner(arguments[5]).with(options).plan())
              : runner.rollBack(new RunId(arguments[5]));
      System.out.println(report);
    }
  }

  static Process start(EbsWorld world, Path output, String scenario, List<String> what)
      throws IOException {
    String[] command =
        new String[] {
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
          "-cp",
          System.getProperty("java.class.path") + File.pathSeparator + surefireClassPath(),
          RotationProcess.class.getName(),
          world.aws.endpoint().toString(),
          world.aws.region(),
          world.journal.toString(),
          world.aws.clock().instant().toString()
        };
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.command().addAll(what);
    builder.command().add(scenario);
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private static String surefireClassPath() {
    return System.getProperty("surefire.test.class.path", "");
  }
}
