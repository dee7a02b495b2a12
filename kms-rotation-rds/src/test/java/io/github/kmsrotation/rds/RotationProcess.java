package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A rotation in a process of its own, to be killed. */
final class RotationProcess {

  static final String TRACE = "trace";
  private static final long LONGEST_SLEEP_MILLIS = 10;

  private RotationProcess() {}

  /** Arguments: endpoint, Region, journal directory, and run, or roll-back and a run id. */
  public static void main(String[] arguments) {
    try (RdsApplication application =
        new RdsApplication(URI.create(arguments[0]), arguments[1], Path.of(arguments[2]))) {
      RotationRunner runner =
          application
              .runner()
              .approval(Approvals.approveEveryPhaseIncludingDeletion())
              .sleeper(d -> Thread.sleep(Math.min(LONGEST_SLEEP_MILLIS, d.toMillis())))
              .build();
      RotationReport report =
          arguments[3].equals("run")
              ? runner.run(application.planner().plan())
              : runner.rollBack(new RunId(arguments[4]));
      System.out.println(report);
    }
  }

  static Process start(RdsWorld world, Path output, String... what) throws IOException {
    return start(world, output, "error", List.of(what));
  }

  static Process start(RdsWorld world, Path output, String logLevel, List<String> what)
      throws IOException {
    String[] command =
        new String[] {
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + logLevel,
          "-cp",
          System.getProperty("java.class.path") + File.pathSeparator + surefireClassPath(),
          RotationProcess.class.getName(),
          world.aws.endpoint().toString(),
          world.aws.region(),
          world.journal.toString()
        };
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.command().addAll(what);
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private static String surefireClassPath() {
    return System.getProperty("surefire.test.class.path", "");
  }
}
