package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.rds.BlueGreen;
import io.github.kmsrotation.rds.RdsOptions;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import java.nio.file.Files;
import java.time.Duration;

/**
 * Rotates the database of the {@link Quickstart} by a blue/green deployment: a second DB instance
 * under the new key follows the first, and takes its place in a minute.
 */
public final class OrdersInSync {

  private OrdersInSync() {}

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
    // README {
    RdsOptions options =
        RdsOptions.builder()
            .client(orders.rotation().rds()) // not in README
            .kmsClient(orders.rotation().kms()) // not in README
            .blueGreen(BlueGreen.REQUIRED)
            .switchoverTimeout(Duration.ofMinutes(2))
            .observeFor(Duration.ofHours(1))
            .build();
    // README }
    RotationPlan plan =
        RotationPlanner.forRds("orders-prod")
            .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
            .toKey("alias/orders-2026")
            .with(options)
            .kmsClient(orders.rotation().kms())
            .clock(orders.clock())
            .plan();
    System.out.println(plan.describe());
    RotationRunner runner =
        RotationRunner.builder()
            .journal(FileJournal.in(Files.createTempDirectory("rotation-journal")))
            .with(options)
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(new ConsoleProgress(orders.clock()))
            .clock(orders.clock())
            .sleeper(orders.clock()::sleep)
            .build();
    System.out.println("\n" + runner.run(plan).requireComplete().describe());
  }
}
