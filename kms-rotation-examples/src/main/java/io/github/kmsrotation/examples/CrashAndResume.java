package io.github.kmsrotation.examples;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The quickstart's rotation in a process that dies in the middle of the copy, as by {@code kill
 * -9}; then this process resumes it from the journal, and shows that nothing was made twice. Both
 * go by the embedded AWS's clock.
 */
public final class CrashAndResume {

  private static final String PASSWORD = "ORDERS_PASSWORD";
  private static final int KILLED = 137;

  private CrashAndResume() {}

  /**
   * Runs.
   *
   * @param args none; the process that dies is given the endpoint, the Region, the journal, and a
   *     time by AWS's clock with the real time at which that was so
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 5) {
      TestClock clock = awsClock(Instant.parse(args[3]), Instant.parse(args[4]));
      die(URI.create(args[0]), args[1], Path.of(args[2]), clock);
      return;
    }
    try (OrdersDatabase orders = OrdersDatabase.create(100_000)) {
      System.out.println(orders.introduction());
      System.out.println("Before: " + orders.describe() + "\n");
      Path journal = Files.createTempDirectory("rotation-journal");
      Process child = startRotation(orders, journal);
      child.getInputStream().transferTo(System.out);
      int exit = child.waitFor();
      System.out.println("\nThe process that rotated is dead, exit code " + exit + ". Resuming.\n");
      RunId runId = FileJournal.in(journal).runs().get(0);
      RotationRunner runner =
          orders
              .rotation()
              .runner(
                  journal,
                  new ConsoleProgress(orders.clock()),
                  orders.clock(),
                  orders.clock()::sleep);
      System.out.println("\n" + runner.resume(runId).requireComplete().describe());
      System.out.println("After:  " + orders.describe() + "\n");
      System.out.println(orders.inventory());
    }
  }

  private static Process startRotation(OrdersDatabase orders, Path journal)
      throws IOException, URISyntaxException {
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath(),
            CrashAndResume.class.getName(),
            orders.endpoint().toString(),
            orders.region(),
            journal.toString(),
            orders.clock().instant().toString(),
            Instant.now().toString());
    child.environment().put(PASSWORD, orders.password());
    return child.redirectErrorStream(true).start();
  }

  /** Maven runs examples in a class loader of its own, whose class path no property tells. */
  private static String classPath() throws URISyntaxException {
    if (!(CrashAndResume.class.getClassLoader() instanceof URLClassLoader loader)) {
      return System.getProperty("java.class.path");
    }
    List<String> parts = new ArrayList<>();
    for (URL url : loader.getURLs()) {
      parts.add(Path.of(url.toURI()).toString());
    }
    return String.join(File.pathSeparator, parts);
  }

  /** The embedded AWS's clock in another process: it told a time when it was that late really. */
  private static TestClock awsClock(Instant awsTime, Instant realTime) {
    TestClock clock = TestClock.running(EmbeddedAws.DEFAULT_SPEED);
    Duration since = Duration.between(realTime, Instant.now());
    Instant now = awsTime.plus(since.multipliedBy((long) EmbeddedAws.DEFAULT_SPEED));
    clock.advance(Duration.between(clock.instant(), now));
    return clock;
  }

  private static void die(URI endpoint, String region, Path journal, TestClock clock) {
    String password = System.getenv(PASSWORD);
    OrdersRotation rotation = new OrdersRotation(endpoint, region, () -> password);
    RotationPlan plan = rotation.plan(clock);
    System.out.println(plan.describe());
    rotation.runner(journal, new DiesInTheCopy(clock), clock, clock::sleep).run(plan);
  }

  private static final class DiesInTheCopy extends ConsoleProgress {

    DiesInTheCopy(Clock clock) {
      super(clock);
    }

    @Override
    public void onStepWaiting(RotationPlan plan, StepDescription step, Condition condition) {
      if (step.id().equals("copy-snapshot")) {
        System.out.println("      ... dies while " + condition.resource() + " is copied");
        Runtime.getRuntime().halt(KILLED);
      }
      super.onStepWaiting(plan, step, condition);
    }
  }
}
