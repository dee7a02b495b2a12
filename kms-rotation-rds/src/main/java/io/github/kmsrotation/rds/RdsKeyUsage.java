package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.RdsTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBCluster;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.RdsException;

/**
 * What RDS keeps under a key in the key's Region: whatever an operation of its API lists together
 * with a KMS key. Of DB instances and DB clusters that is storage, Performance Insights, the master
 * user's secret and the activity stream. An automated backup of a DB instance or DB cluster that is
 * there is under that one's key and goes with it, so it is not listed by itself. Each of the
 * operations needs its permission; one that AWS denies is listed as {@link KeyUse#unseen}, and the
 * others are made. Found with {@link java.util.ServiceLoader}; not meant to be called by anybody
 * else. Safe for use by several threads.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html">Amazon RDS
 *     API Reference</a>
 */
public final class RdsKeyUsage implements KeyUsageSource {

  /** For {@link java.util.ServiceLoader}. */
  public RdsKeyUsage() {}

  @Override
  public String kind() {
    return RdsTarget.KIND;
  }

  @Override
  public String covers() {
    return "DB instances and DB clusters, their snapshots, automated backups and master secrets,"
        + " tenant databases, custom engine versions, zero-ETL integrations and exports under way,"
        + " but neither finished exports, which are in S3, nor what only AWS Backup or another"
        + " account lists";
  }

  @Override
  public List<KeyUse> find(KeyArn key, AwsReader reader, Optional<StrategyOptions<?>> options) {
    KeyLook look = new KeyLook(key, reader);
    Optional<RdsClient> given = RdsStrategy.mine(options).client();
    if (given.isPresent()) {
      find(look, given.get());
    } else {
      try (RdsClient own = RdsClient.builder().region(Region.of(key.region())).build()) {
        find(look, own);
      }
    }
    return look.uses();
  }

  private static void find(KeyLook look, RdsClient rds) {
    findDatabases(look, rds);
    findSnapshots(look, rds);
    findAutomatedBackups(look, rds);
    findOthers(look, rds);
  }

  private static void findDatabases(KeyLook look, RdsClient rds) {
    List<DBCluster> clusters =
        look.all(
            "DB clusters",
            "DescribeDBClusters",
            () -> rds.describeDBClustersPaginator().dbClusters());
    clusters.forEach(cluster -> DatabaseUse.look(cluster, look));
    Map<String, DBCluster> byIdentifier =
        clusters.stream()
            .collect(
                Collectors.toMap(DBCluster::dbClusterIdentifier, Function.identity(), (a, b) -> b));
    List<DBInstance> instances =
        look.all(
            "DB instances",
            "DescribeDBInstances",
            () -> rds.describeDBInstancesPaginator().dbInstances());
    for (DBInstance instance : instances) {
      Optional<DBCluster> cluster =
          Optional.ofNullable(instance.dbClusterIdentifier()).map(byIdentifier::get);
      DatabaseUse.look(instance, cluster, look);
    }
  }

  /** Those of AWS Backup are listed only where their type is asked for. */
  private static void findSnapshots(KeyLook look, RdsClient rds) {
    String snapshots = "DB snapshots";
    String describe = "DescribeDBSnapshots";
    look.all(snapshots, describe, () -> rds.describeDBSnapshotsPaginator().dbSnapshots())
        .forEach(snapshot -> BackupUse.look(snapshot, look));
    look.all(
            snapshots,
            describe,
            () ->
                rds.describeDBSnapshotsPaginator(r -> r.snapshotType(BackupUse.OF_AWS_BACKUP))
                    .dbSnapshots())
        .forEach(snapshot -> BackupUse.look(snapshot, look));
    String clusterSnapshots = "DB cluster snapshots";
    String describeOfClusters = "DescribeDBClusterSnapshots";
    look.all(
            clusterSnapshots,
            describeOfClusters,
            () -> rds.describeDBClusterSnapshotsPaginator().dbClusterSnapshots())
        .forEach(snapshot -> BackupUse.look(snapshot, look));
    try {
      look.all(
              clusterSnapshots,
              describeOfClusters,
              () ->
                  rds.describeDBClusterSnapshotsPaginator(
                          r -> r.snapshotType(BackupUse.OF_AWS_BACKUP))
                      .dbClusterSnapshots())
          .forEach(snapshot -> BackupUse.look(snapshot, look));
    } catch (RdsException e) {
      if (!AwsFailure.errorCode(e).equals("InvalidParameterValue")) {
        throw e;
      } // the reference does not name the type; where RDS does not know it, there is none of it
    }
  }

  private static void findAutomatedBackups(KeyLook look, RdsClient rds) {
    look.all(
            "automated backups of DB instances",
            "DescribeDBInstanceAutomatedBackups",
            () -> rds.describeDBInstanceAutomatedBackupsPaginator().dbInstanceAutomatedBackups())
        .forEach(backup -> BackupUse.look(backup, look));
    look.all(
            "automated backups of DB clusters",
            "DescribeDBClusterAutomatedBackups",
            () ->
                rds.describeDBClusterAutomatedBackupsPaginator(r -> {}).dbClusterAutomatedBackups())
        .forEach(backup -> BackupUse.look(backup, look));
  }

  private static void findOthers(KeyLook look, RdsClient rds) {
    look.all(
            "tenant databases",
            "DescribeTenantDatabases",
            () -> rds.describeTenantDatabasesPaginator(r -> {}).tenantDatabases())
        .forEach(tenant -> OtherUse.look(tenant, look));
    look.all(
            "custom engine versions",
            "DescribeDBEngineVersions",
            () -> rds.describeDBEngineVersionsPaginator(r -> r.includeAll(true)).dbEngineVersions())
        .forEach(version -> OtherUse.look(version, look));
    look.all(
            "zero-ETL integrations",
            "DescribeIntegrations",
            () -> rds.describeIntegrationsPaginator(r -> {}).integrations())
        .forEach(integration -> OtherUse.look(integration, look));
    look.all(
            "exports",
            "DescribeExportTasks",
            () -> rds.describeExportTasksPaginator(r -> {}).exportTasks())
        .forEach(export -> OtherUse.look(export, look));
  }
}
