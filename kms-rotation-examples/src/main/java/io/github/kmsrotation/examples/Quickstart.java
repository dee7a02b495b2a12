package io.github.kmsrotation.examples;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import java.nio.file.Files;

/**
 * Rotates a PostgreSQL database of the embedded AWS from the AWS managed key to a customer managed
 * key, and shows that the same rows are served at the same endpoint.
 */
public final class Quickstart {

  private Quickstart() {}

  /**
   * Runs.
   *
   * @param args none
   * @throws Exception if anything goes wrong
   */
  public static void main(String[] args) throws Exception {
    try (OrdersDatabase orders = OrdersDatabase.create(100_000)) {
      System.out.println(orders.introduction());
      System.out.println("Before: " + orders.describe() + "\n");
      rotate(orders);
      System.out.println("After:  " + orders.describe());
    }
  }

  private static void rotate(OrdersDatabase orders) throws Exception {
    RotationPlan plan = orders.rotation().plan(orders.clock());
    // README {
    System.out.println(plan.describe());
    // README }

    RotationRunner runner =
        orders
            .rotation()
            .runner(
                Files.createTempDirectory("rotation-journal"),
                new ConsoleProgress(orders.clock()),
                orders.clock(),
                orders.clock()::sleep);
    // README {
    RotationReport report = runner.run(plan);
    // README }
    System.out.println("\n" + report.requireComplete().describe());
  }
}
