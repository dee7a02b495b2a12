package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.rds.RdsOptions;
import io.github.kmsrotation.rds.data.JdbcComparison;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.ApprovalRequest;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

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
      System.out.println("Before: " + orders.describe() + "\n");
      rotate(orders);
      System.out.println("After:  " + orders.describe());
    }
  }

  private static void rotate(OrdersDatabase orders) throws Exception {
    RdsOptions options =
        RdsOptions.builder()
            .client(orders.rds())
            .writeFreeze(orders.writers())
            .verifyData(
                JdbcComparison.builder()
                    .database("orders")
                    .user("orders_admin")
                    .password(orders::password)
                    .build())
            .observeFor(Duration.ofHours(1))
            .build();

    RotationPlan plan =
        RotationPlanner.forRds("orders-prod")
            .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
            .toKey("alias/orders-2026")
            .with(options)
            .kmsClient(orders.kms())
            .plan();
    System.out.println(plan.describe());

    Path journal = Files.createTempDirectory("rotation-journal");
    RotationRunner runner =
        RotationRunner.builder()
            .journal(FileJournal.in(journal))
            .with(options)
            .approval(Approvals.before(Phase.CUTOVER, Phase.RETIRE, Quickstart::askOperator))
            .listener(new ConsoleProgress())
            .clock(orders.clock())
            .sleeper(orders.clock()::sleep)
            .build();
    RotationReport report = runner.run(plan).requireComplete();
    System.out.println("\n" + report.describe());
  }

  /** A real tool asks a person here. */
  private static Approval askOperator(ApprovalRequest request) {
    System.out.println("  approval for " + request.phase() + ": given by the quickstart");
    return request.phase() == Phase.RETIRE
        ? Approval.iAcceptThatThisCannotBeUndone("quickstart")
        : Approval.granted("quickstart");
  }
}
