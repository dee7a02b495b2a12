package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.retire.KeyRetirementOptions;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.KeyRetirementTarget;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.rds.model.DBInstanceAutomatedBackup;

/** No key is retired under what RDS has under it. */
class RdsKeyUsageTest {

  private static final String KEY = RdsApplication.KEY_ALIAS;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private RdsWorld world;

  @AfterEach
  void close() {
    world.close();
  }

  private List<KeyUse> uses(String arn) {
    return new RdsKeyUsage()
        .find(
            new KeyArn(arn),
            new AwsCalls(RdsApplication.quick()),
            Optional.of(world.options().build()));
  }

  private List<String> resources() {
    return uses(world.keyArn).stream().map(KeyUse::resource).toList();
  }

  private KeyRetirementOptions options() {
    return KeyRetirementOptions.builder()
        .client(world.kms)
        .with(world.options().build())
        .iAcceptThatTheKeyWasUsedLately()
        .observeFor(Duration.ofDays(1))
        .build();
  }

  private RotationPlanner<KeyRetirementTarget> retirement() {
    return RotationPlanner.forKeyRetirement(world.keyArn)
        .with(options())
        .kmsClient(world.kms)
        .calls(RdsApplication.quick())
        .clock(world.aws.clock());
  }

  private RotationRunner retiring() {
    return world
        .runner()
        .with(options())
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  private List<String> problems() {
    PlanningException refused = catchThrowableOfType(PlanningException.class, retirement()::plan);
    return refused.problems().stream().map(Notice::resource).toList();
  }

  @Test
  void uses_ofADatabase_areItsStorage_itsInsights_itsSecret_andItsSnapshots() {
    world =
        new RdsWorld(
            directory,
            r ->
                r.kmsKeyId(KEY)
                    .enablePerformanceInsights(true)
                    .performanceInsightsKMSKeyId(KEY)
                    .masterUserPassword(null)
                    .manageMasterUserPassword(true)
                    .masterUserSecretKmsKeyId(KEY));
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier(RdsWorld.DATABASE).dbSnapshotIdentifier("kept"));
    world.settle();

    List<KeyUse> uses = uses(world.keyArn);

    assertThat(uses)
        .extracting(KeyUse::resource)
        .containsExactly(
            "DB instance orders-prod",
            "DB instance orders-prod",
            "DB instance orders-prod",
            "DB snapshot kept (manual)");
    assertThat(uses.get(0).what()).contains("storage");
    assertThat(uses.get(1).what()).contains("Performance Insights");
    assertThat(uses.get(2).what()).contains("secret");
  }

  @Test
  void uses_ofAKeyThatHasNothingOfTheDatabase_areNone() {
    world = new RdsWorld(directory);

    assertThat(uses(world.keyArn)).isEmpty();
  }

  @Test
  void uses_ofAnAutomatedBackup_areNoneWhileItsDatabaseIsThere_andOneOnceItIsRetained() {
    world = new RdsWorld(directory, r -> r.kmsKeyId(KEY));
    assertThat(resources()).containsExactly("DB instance orders-prod");
    String resourceId = world.instance(RdsWorld.DATABASE).dbiResourceId();

    world.rds.deleteDBInstance(
        r ->
            r.dbInstanceIdentifier(RdsWorld.DATABASE)
                .skipFinalSnapshot(true)
                .deleteAutomatedBackups(false));
    world.settle();

    assertThat(resources())
        .containsExactly(
            "automated backup retained of DB instance orders-prod (" + resourceId + ")");
    assertThat(uses(world.keyArn).get(0).what()).contains("DeleteDBInstanceAutomatedBackup");
    world.aws.clock().advance(Duration.ofDays(1));
    assertThat(resources()).isEmpty();
  }

  @Test
  void uses_ofReplicatedBackups_areTheirs_andSayHowToStopTheReplication() {
    world = new RdsWorld(directory);
    try (RdsApplication elsewhere =
        new RdsApplication(world.aws.endpoint(), "us-east-1", directory)) {
      elsewhere.rds.createDBInstance(
          r ->
              r.dbInstanceIdentifier("orders-us")
                  .engine("mysql")
                  .dbInstanceClass("db.m7g.large")
                  .allocatedStorage(100)
                  .masterUsername("orders_admin")
                  .masterUserPassword(RdsWorld.PASSWORD)
                  .storageEncrypted(true));
      world.settle();
      String source = elsewhere.rds.describeDBInstances().dbInstances().get(0).dbInstanceArn();
      world.rds.startDBInstanceAutomatedBackupsReplication(
          r -> r.sourceDBInstanceArn(source).kmsKeyId(KEY));
      world.settle();

      KeyUse use = uses(world.keyArn).get(0);

      assertThat(resources()).hasSize(1);
      assertThat(use.resource())
          .startsWith("automated backup replicated from us-east-1 of DB instance orders-us (db-");
      assertThat(use.what()).contains("StopDBInstanceAutomatedBackupsReplication");
      world.rds.stopDBInstanceAutomatedBackupsReplication(r -> r.sourceDBInstanceArn(source));
      assertThat(uses(world.keyArn)).singleElement().asString().doesNotContain("StopDB");
    }
  }

  @Test
  void uses_ofADbCluster_areItsStorage_itsInsights_itsSecret_itsSnapshots_andRetainedBackups() {
    world = new RdsWorld(directory);
    world.rds.createDBCluster(
        r ->
            r.dbClusterIdentifier("stock")
                .engine("aurora-postgresql")
                .masterUsername("stock_admin")
                .manageMasterUserPassword(true)
                .masterUserSecretKmsKeyId(KEY)
                .storageEncrypted(true)
                .kmsKeyId(KEY)
                .enablePerformanceInsights(true)
                .performanceInsightsKMSKeyId(KEY));
    world.settle();
    world.rds.createDBClusterSnapshot(
        r -> r.dbClusterIdentifier("stock").dbClusterSnapshotIdentifier("kept"));
    world.settle();
    String cluster = "DB cluster stock (aurora-postgresql)";
    String snapshot = "DB cluster snapshot kept (manual)";
    assertThat(resources()).containsExactly(cluster, cluster, cluster, snapshot);
    String resourceId = world.rds.describeDBClusters().dbClusters().get(0).dbClusterResourceId();

    world.rds.deleteDBCluster(
        r -> r.dbClusterIdentifier("stock").skipFinalSnapshot(true).deleteAutomatedBackups(false));
    world.settle();

    assertThat(resources())
        .containsExactly(
            snapshot, "automated backup retained of DB cluster stock (" + resourceId + ")");
  }

  @Test
  void retirement_whereTheCallerMayListNothing_namesEveryPermissionOnce() {
    world = new RdsWorld(directory);
    world.kms.deleteAlias(r -> r.aliasName(KEY));
    List<String> operations =
        List.of(
            "DescribeDBClusters",
            "DescribeDBInstances",
            "DescribeDBSnapshots",
            "DescribeDBClusterSnapshots",
            "DescribeDBInstanceAutomatedBackups",
            "DescribeDBClusterAutomatedBackups",
            "DescribeTenantDatabases",
            "DescribeDBEngineVersions",
            "DescribeIntegrations",
            "DescribeExportTasks");
    operations.forEach(operation -> world.aws.faults().on(operation).error("AccessDenied", 403));

    PlanningException refused = catchThrowableOfType(PlanningException.class, retirement()::plan);

    assertThat(refused.problems()).hasSameSizeAs(operations);
    for (int i = 0; i < operations.size(); i++) {
      assertThat(refused.problems().get(i).toString()).contains("rds:" + operations.get(i) + " ");
    }
  }

  @Test
  void retirement_whereOneLookIsDenied_stillTellsWhatTheOthersFound() {
    world = new RdsWorld(directory, r -> r.kmsKeyId(KEY));
    world.aws.faults().on("DescribeDBClusters").error("AccessDenied", 403);

    assertThat(problems()).containsExactly("DB clusters", "DB instance orders-prod", KEY);
  }

  @Test
  void retirement_whenALookIsDeniedMeanwhile_isBlockedAndNamesThePermission() {
    world = new RdsWorld(directory);
    world.kms.deleteAlias(r -> r.aliasName(KEY));
    RotationPlan plan = retirement().plan();
    world.aws.faults().on("DescribeDBClusters").error("AccessDenied", 403);

    RotationReport report = retiring().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("DB clusters", "rds:DescribeDBClusters");
    assertThat(state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void retirement_whereTheCallerMayNotListSnapshots_saysSo() {
    world = new RdsWorld(directory);
    world.kms.deleteAlias(r -> r.aliasName(KEY));
    world.aws.faults().on("DescribeDBSnapshots").error("AccessDenied", 403);

    PlanningException refused = catchThrowableOfType(PlanningException.class, retirement()::plan);

    assertThat(refused.problems()).singleElement().asString().contains("rds:DescribeDBSnapshots");
  }

  @Test
  void retirement_ofTheFormerKey_waitsUntilTheLastSnapshotIsGone_andCanBeTakenBack()
      throws SQLException {
    world = new RdsWorld(directory, r -> r.kmsKeyId(KEY));
    world.sql(
        RdsWorld.DATABASE,
        "CREATE TABLE orders (id bigint PRIMARY KEY)",
        "INSERT INTO orders SELECT generate_series(1, 100)");
    String newKey = world.kms.createKey().keyMetadata().arn();
    assertThat(problems()).containsExactly("DB instance orders-prod", KEY);

    RotationPlan move =
        world.planner().because(RotationReason.NEW_KEY_REQUESTED).toKey(newKey).plan();
    world.approving().run(move).requireComplete();
    world.kms.updateAlias(r -> r.aliasName(KEY).targetKeyId(newKey));
    String last = "orders-prod-" + move.runId() + "-final";
    DBInstanceAutomatedBackup retained = retainedBackup();
    assertThat(problems())
        .containsExactly(
            "DB snapshot " + last + " (manual)",
            "automated backup retained of DB instance "
                + retained.dbInstanceIdentifier()
                + " ("
                + retained.dbiResourceId()
                + ")");

    world.rds.deleteDBSnapshot(r -> r.dbSnapshotIdentifier(last));
    world.rds.deleteDBInstanceAutomatedBackup(r -> r.dbiResourceId(retained.dbiResourceId()));
    world.settle();
    RotationPlan plan = retirement().plan();
    assertThat(plan.describe()).contains("rds: DB instances and DB clusters");
    retiring().run(plan).requireComplete();
    assertThat(state()).isEqualTo(KeyState.PENDING_DELETION);

    RotationReport back = retiring().rollBack(plan.runId());
    assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void retirement_whenASnapshotIsMadeUnderTheKeyMeanwhile_isBlockedAndNamesIt() {
    world = new RdsWorld(directory);
    world.kms.deleteAlias(r -> r.aliasName(KEY));
    RotationPlan plan = retirement().plan();
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier(RdsWorld.DATABASE).dbSnapshotIdentifier("plain"));
    world.settle();
    world.rds.copyDBSnapshot(
        r ->
            r.sourceDBSnapshotIdentifier("plain")
                .targetDBSnapshotIdentifier("copied")
                .kmsKeyId(world.keyArn));
    world.settle();

    RotationReport report = retiring().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("DB snapshot copied (manual)");
    assertThat(state()).isEqualTo(KeyState.ENABLED);
  }

  private DBInstanceAutomatedBackup retainedBackup() {
    return world.rds.describeDBInstanceAutomatedBackups().dbInstanceAutomatedBackups().stream()
        .filter(backup -> backup.status().equals("retained"))
        .findFirst()
        .orElseThrow();
  }

  private KeyState state() {
    return world.kms.describeKey(r -> r.keyId(world.keyArn)).keyMetadata().keyState();
  }
}
