package io.github.kmsrotation.rds;

import io.github.kmsrotation.RotationPlanner;
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
import java.util.function.Consumer;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.CreateDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * An embedded AWS with a database {@code orders-prod} under the AWS managed key, and its clients.
 */
final class RdsWorld implements AutoCloseable {

  static final String DATABASE = RdsApplication.DATABASE;
  static final String INSIGHTS_KEY_ALIAS = "alias/orders-insights";
  static final String PASSWORD = RdsApplication.PASSWORD;

  final EmbeddedAws aws;
  final RdsApplication application;
  final KmsClient kms;
  final RdsClient rds;
  final Path journal;
  final String keyArn;

  RdsWorld(Path journal) {
    this(journal, request -> {});
  }

  RdsWorld(Path journal, Consumer<CreateDbInstanceRequest.Builder> settings) {
    this(journal, TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")), settings);
  }

  RdsWorld(Path journal, TestClock clock, Consumer<CreateDbInstanceRequest.Builder> settings) {
    this(journal, clock, settings, Duration.ZERO);
  }

  RdsWorld(
      Path journal,
      TestClock clock,
      Consumer<CreateDbInstanceRequest.Builder> settings,
      Duration eventualConsistency) {
    this.journal = journal;
    aws = EmbeddedAws.builder().clock(clock).eventualConsistency(eventualConsistency).start();
    application = new RdsApplication(aws.endpoint(), aws.region(), journal);
    kms = application.kms;
    rds = application.rds;
    keyArn = kms.createKey().keyMetadata().arn();
    String insightsKey = kms.createKey().keyMetadata().arn();
    waitFor(eventualConsistency);
    kms.createAlias(r -> r.aliasName(RdsApplication.KEY_ALIAS).targetKeyId(keyArn));
    kms.createAlias(r -> r.aliasName(INSIGHTS_KEY_ALIAS).targetKeyId(insightsKey));
    waitFor(eventualConsistency);
    UnusualSettings.createGroups(rds);
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
    waitFor(eventualConsistency);
    untilAvailable();
  }

  /** A role, which no restore carries over, and a hundred orders. */
  void addRoleAndOrders() throws SQLException {
    rds.addRoleToDBInstance(
        r ->
            r.dbInstanceIdentifier(DATABASE)
                .featureName("s3Import")
                .roleArn("arn:aws:iam::123456789012:role/orders-import"));
    settle();
    sql(
        DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY)",
        "INSERT INTO orders SELECT generate_series(1, 100)");
  }

  /** Lets what is under way in RDS come to its end. */
  void settle() {
    waitFor(Duration.ofMinutes(30));
  }

  /** By turning the clock, also where it runs for another process: no test waits. */
  private void waitFor(Duration duration) {
    aws.clock().advance(duration);
  }

  private void untilAvailable() {
    while (!"available".equals(instance(DATABASE).dbInstanceStatus())) {
      waitFor(Duration.ofMinutes(1));
    }
  }

  RdsOptions.Builder options() {
    return application.options();
  }

  RotationPlanner<RdsTarget> planner() {
    return application.planner().clock(aws.clock());
  }

  RotationRunner.Builder runner() {
    return application.runner().clock(aws.clock()).sleeper(aws.clock()::advance);
  }

  RotationRunner approving() {
    return runner().approval(Approvals.approveEveryPhaseIncludingDeletion()).build();
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
    application.close();
    aws.close();
  }
}
