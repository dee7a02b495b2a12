package io.github.kmsrotation.examples;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.rds.RdsOptions;
import io.github.kmsrotation.rds.WriteFreeze;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import io.github.kmsrotation.rds.data.JdbcComparison;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.ApprovalRequest;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;

/** How the application rotates {@code orders-prod}: the code that a user of the library writes. */
final class OrdersRotation implements AutoCloseable {

  private final KmsClient kms;
  private final RdsClient rds;
  private final RdsOptions options;

  OrdersRotation(URI endpoint, String region, String password) {
    kms = local(KmsClient.builder(), endpoint, region).build();
    rds = local(RdsClient.builder(), endpoint, region).build();
    options =
        RdsOptions.builder()
            .client(rds)
            .writeFreeze(new Writers())
            .verifyData(
                JdbcComparison.builder()
                    .database("orders")
                    .user("orders_admin")
                    .password(() -> password)
                    .build())
            .observeFor(Duration.ofHours(1))
            .build();
  }

  private static <B extends AwsClientBuilder<B, C>, C> B local(
      B builder, URI endpoint, String region) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(region))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }

  RotationPlan plan() {
    return RotationPlanner.forRds("orders-prod")
        .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
        .toKey("alias/orders-2026")
        .with(options)
        .kmsClient(kms)
        .plan();
  }

  RotationRunner.Builder runner(Path journal) {
    return RotationRunner.builder()
        .journal(FileJournal.in(journal))
        .with(options)
        .approval(Approvals.before(Phase.CUTOVER, Phase.RETIRE, OrdersRotation::askOperator))
        .listener(new ConsoleProgress());
  }

  /** A real tool asks a person here. */
  private static Approval askOperator(ApprovalRequest request) {
    System.out.println("  approval for " + request.phase() + ": given by the quickstart");
    return request.phase() == Phase.RETIRE
        ? Approval.iAcceptThatThisCannotBeUndone("quickstart")
        : Approval.granted("quickstart");
  }

  KmsClient kms() {
    return kms;
  }

  RdsClient rds() {
    return rds;
  }

  @Override
  public void close() {
    kms.close();
    rds.close();
  }

  /** A real application is scaled down or made read-only here. */
  private static final class Writers implements WriteFreeze {
    @Override
    public void freeze(DatabaseEndpoint database) {
      System.out.println("      writers of " + database.dbInstanceIdentifier() + " stopped");
    }

    @Override
    public void thaw(DatabaseEndpoint database) {
      System.out.println("      writers of " + database.dbInstanceIdentifier() + " started");
    }
  }
}
