package io.github.kmsrotation.rds;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import io.github.kmsrotation.rds.data.JdbcComparison;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.RdsTarget;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;

/** What an application that rotates {@code orders-prod} has: clients, hooks, planner and runner. */
final class RdsApplication implements AutoCloseable {

  static final String DATABASE = "orders-prod";
  static final String KEY_ALIAS = "alias/orders-2026";

  /** Planted where a password has to be; looked for wherever none may be. */
  static final String PASSWORD = "pa55word-MARKER-8c1f";

  final KmsClient kms;
  final RdsClient rds;
  final List<String> freezes = new ArrayList<>();
  private final Path journal;

  RdsApplication(URI endpoint, String region, Path journal) {
    this.journal = journal;
    kms = client(KmsClient.builder(), endpoint, region).build();
    rds = client(RdsClient.builder(), endpoint, region).build();
  }

  private static <B extends AwsClientBuilder<B, C>, C> B client(
      B builder, URI endpoint, String region) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(region))
        .overrideConfiguration(c -> c.retryStrategy(RetryMode.STANDARD))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")));
  }

  RdsOptions.Builder options() {
    return RdsOptions.builder()
        .client(rds)
        .kmsClient(kms)
        .verifyData(
            JdbcComparison.builder()
                .database("orders")
                .user("orders_admin")
                .password(() -> PASSWORD)
                .build())
        .writeFreeze(
            new WriteFreeze() {
              @Override
              public void freeze(DatabaseEndpoint database) {
                freezes.add("freeze " + database.dbInstanceIdentifier());
              }

              @Override
              public void thaw(DatabaseEndpoint database) {
                freezes.add("thaw " + database.dbInstanceIdentifier());
              }
            });
  }

  RotationPlanner<RdsTarget> planner() {
    return RotationPlanner.forRds(DATABASE)
        .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
        .toKey(KEY_ALIAS)
        .with(options().build())
        .kmsClient(kms)
        .calls(quick());
  }

  RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(journal))
        .with(options().build())
        .calls(quick());
  }

  static AwsCallSettings quick() {
    return AwsCallSettings.builder()
        .callsPerSecond(1_000)
        .firstPause(Duration.ofMillis(1))
        .longestPause(Duration.ofMillis(10))
        .build();
  }

  @Override
  public void close() {
    kms.close();
    rds.close();
  }
}
