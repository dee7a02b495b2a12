package io.github.kmsrotation.rds;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import io.github.kmsrotation.rds.data.JdbcComparison;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.RdsTarget;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.CreateDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * An embedded AWS with a database {@code orders-prod} under the AWS managed key, and its clients.
 */
final class RdsWorld implements AutoCloseable {

  static final String DATABASE = "orders-prod";

  /** Planted where a password has to be; looked for wherever none may be. */
  static final String PASSWORD = "pa55word-MARKER-8c1f";

  final EmbeddedAws aws;
  final KmsClient kms;
  final RdsClient rds;
  final Path journal;
  final String keyArn;
  final List<String> freezes = new ArrayList<>();

  RdsWorld(Path journal) {
    this(journal, request -> {});
  }

  RdsWorld(Path journal, Consumer<CreateDbInstanceRequest.Builder> settings) {
    this.journal = journal;
    aws =
        EmbeddedAws.builder()
            .clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")))
            .start();
    kms = client(KmsClient.builder()).build();
    rds = client(RdsClient.builder()).build();
    keyArn = kms.createKey().keyMetadata().arn();
    kms.createAlias(r -> r.aliasName("alias/orders-2026").targetKeyId(keyArn));
    rds.createDBInstance(
        r -> {
          r.dbInstanceIdentifier(DATABASE)
              .engine("postgres")
              .dbInstanceClass("db.m7g.large")
              .allocatedStorage(100)
              .masterUsername("orders_admin")
              .masterUserPassword(PASSWORD)
              .dbName("orders")
              .storageEncrypted(true);
          settings.accept(r);
        });
    aws.clock().advance(Duration.ofMinutes(10));
  }

  private <B extends AwsClientBuilder<B, C>, C> B client(B builder) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .overrideConfiguration(c -> c.retryStrategy(RetryMode.STANDARD))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")));
  }

  RdsOptions.Builder options() {
    return RdsOptions.builder()
        .client(rds)
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
        .toKey("alias/orders-2026")
        .with(options().build())
        .kmsClient(kms)
        .calls(quick())
        .clock(aws.clock());
  }

  static AwsCallSettings quick() {
    return AwsCallSettings.builder()
        .callsPerSecond(1_000)
        .firstPause(Duration.ofMillis(1))
        .longestPause(Duration.ofMillis(10))
        .build();
  }

  RotationRunner.Builder runner() {
    return RotationRunner.builder()
        .journal(FileJournal.in(journal))
        .with(options().build())
        .calls(quick())
        .clock(aws.clock())
        .sleeper(aws.clock()::sleep);
  }

  RotationRunner approving() {
    return runner().approval(Approvals.approveEverythingIncludingDeletion()).build();
  }

  DBInstance instance(String identifier) {
    return rds.describeDBInstances(r -> r.dbInstanceIdentifier(identifier)).dbInstances().get(0);
  }

  void sql(String identifier, String... statements) throws SQLException {
    try (Connection connection = connect(identifier);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  long count(String identifier, String query) throws SQLException {
    try (Connection connection = connect(identifier);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  Connection connect(String identifier) throws SQLException {
    DBInstance instance = instance(identifier);
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + instance.endpoint().address()
            + ":"
            + instance.endpoint().port()
            + "/orders",
        "orders_admin",
        PASSWORD);
  }

  @Override
  public void close() {
    kms.close();
    rds.close();
    aws.close();
  }
}
