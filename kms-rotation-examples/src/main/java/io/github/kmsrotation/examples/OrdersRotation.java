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
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.Sleeper;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;

/**
 * How the application rotates {@code orders-prod}: the code that a user of the library writes. Of
 * what stands between the README's braces, it shows all that is not marked otherwise: {@code
 * ReadmeTest} compares them.
 */
final class OrdersRotation implements AutoCloseable {

  private final KmsClient kms;
  private final RdsClient rds;
  private final RdsOptions options;
  private final Console console = new Console();

  OrdersRotation(URI endpoint, String region, Secrets secrets) {
    kms = local(KmsClient.builder(), endpoint, region).build();
    rds = local(RdsClient.builder(), endpoint, region).build();
    WriteFreeze myWriters = new Writers();
    // README {
    RdsOptions options =
        RdsOptions.builder()
            .client(rds) // not in README
            .kmsClient(kms) // not in README
            .writeFreeze(myWriters)
            .verifyData(
                JdbcComparison.builder()
                    .database("orders")
                    .user("orders_admin")
                    .password(secrets::ordersPassword)
                    .build())
            .observeFor(Duration.ofHours(1))
            .build();
    // README }
    this.options = options;
  }

  private static <B extends AwsClientBuilder<B, C>, C> B local(
      B builder, URI endpoint, String region) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(region))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }

  RotationPlan plan(Clock clock) {
    // README {
    RotationPlan plan =
        RotationPlanner.forRds("orders-prod")
            .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
            .toKey("alias/orders-2026")
            .with(options)
            .kmsClient(kms) // not in README
            .clock(clock) // not in README
            .plan();
    // README }
    return plan;
  }

  RotationRunner runner(Path journal, RotationListener progress, Clock clock, Sleeper sleeper) {
    // README {
    RotationRunner runner =
        RotationRunner.builder()
            .journal(FileJournal.in(journal))
            .with(options)
            .approval(Approvals.before(Phase.CUTOVER, Phase.RETIRE, this::askOperator))
            .listener(progress) // not in README
            .clock(clock) // not in README
            .sleeper(sleeper) // not in README
            .build();
    // README }
    return runner;
  }

  // README {
  private Approval askOperator(ApprovalRequest request) {
    System.out.println(request.describe());
    if (!console.confirm("Begin " + request.phase() + "?")) {
      return Approval.later();
    }
    return request.phase() == Phase.RETIRE
        ? Approval.iAcceptThatThisCannotBeUndone("operator")
        : Approval.granted("operator");
  }

  // README }

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

  /** A real application asks its secret store here. */
  interface Secrets {
    String ordersPassword();
  }

  /** A real tool asks a person here. */
  private static final class Console {
    boolean confirm(String question) {
      System.out.println(question + " yes (the quickstart says so)");
      return true;
    }
  }

  // README {
  private static final class Writers implements WriteFreeze {
    private final Deployment deployment = new Deployment(); // not in README

    @Override
    public void freeze(DatabaseEndpoint database) {
      deployment.scaleTo(0); // returns when the last writer is gone
    }

    @Override
    public void thaw(DatabaseEndpoint database) {
      deployment.scaleTo(4); // also when a run is rolled back
    }
  }

  // README }

  /** A real application's writers are scaled down, or made read-only. */
  private static final class Deployment {
    void scaleTo(int writers) {
      System.out.println("      " + writers + " writers run");
    }
  }
}
