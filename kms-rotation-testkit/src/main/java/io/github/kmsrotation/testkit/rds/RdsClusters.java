package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * DB clusters of Aurora, without DB instances and without data: encryption, states, deletion.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html">
 *     CreateDBCluster</a>
 */
final class RdsClusters {

  private static final Map<String, String> DEFAULT_VERSIONS =
      Map.of("aurora-postgresql", "16.8", "aurora-mysql", "8.0.mysql_aurora.3.08.2");
  private static final Map<String, String> VERSIONS =
      Map.of(
          "aurora-postgresql",
          "1[1-8](\\.\\d+)?",
          "aurora-mysql",
          "(5\\.7|8\\.0)(\\.mysql_aurora(\\.\\d+)+)?");
  private static final Map<String, Integer> PORTS =
      Map.of("aurora-postgresql", 5432, "aurora-mysql", 3306);

  private final RdsStore store;
  private final RdsClusterSnapshots snapshots;
  private final RdsAutomatedBackups backups;

  RdsClusters(RdsStore store, RdsClusterSnapshots snapshots, RdsAutomatedBackups backups) {
    this.store = store;
    this.snapshots = snapshots;
    this.backups = backups;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateDBCluster",
        Operation.write(
            this::create,
            "DBClusterIdentifier",
            "Engine",
            "EngineVersion",
            "DatabaseName",
            "Port",
            "MasterUsername",
            "MasterUserPassword",
            "ManageMasterUserPassword",
            "MasterUserSecretKmsKeyId",
            "StorageEncrypted",
            "KmsKeyId",
            "EnablePerformanceInsights",
            "PerformanceInsightsKMSKeyId",
            "PerformanceInsightsRetentionPeriod",
            "BackupRetentionPeriod",
            "PreferredBackupWindow",
            "CopyTagsToSnapshot",
            "DeletionProtection",
            "Tags"));
    operations.put(
        "DescribeDBClusters",
        Operation.read(this::describe, "DBClusterIdentifier", "Filters", "MaxRecords", "Marker"));
    operations.put(
        "ModifyDBCluster",
        Operation.write(
            this::modify, "DBClusterIdentifier", "DeletionProtection", "ApplyImmediately"));
    operations.put(
        "DeleteDBCluster",
        Operation.write(
            this::delete,
            "DBClusterIdentifier",
            "SkipFinalSnapshot",
            "FinalDBSnapshotIdentifier",
            "DeleteAutomatedBackups"));
  }

  static void requireAvailable(DbCluster cluster) {
    if (!cluster.status.equals("available")) {
      throw AwsError.badRequest(
          "InvalidDBClusterStateFault",
          "DB cluster " + cluster.identifier + " is not in available state.");
    }
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    DbCluster cluster =
        new DbCluster(
            request.region(),
            RdsStore.newResourceId("cluster-"),
            newIdentifier(request.region(), params.required("DBClusterIdentifier")),
            store.timeline.now());
    Map<String, Object> attributes = cluster.attributes;
    describeEngine(params, attributes);
    attributes.put("ClusterCreateTime", cluster.createdAt.toString());
    attributes.put("MasterUsername", params.required("MasterUsername"));
    attributes.put("PreferredBackupWindow", "03:00-03:30");
    attributes.put("AllocatedStorage", 1);
    attributes.put("DeletionProtection", false);
    attributes.put("BackupRetentionPeriod", 1);
    attributes.put("PerformanceInsightsEnabled", false);
    attributes.putAll(Attributes.of(params));
    if (RdsAutomatedBackups.retentionDays(attributes) == 0) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "Invalid backup retention period: 0. Must be 1 to 35");
    }
    params.text("DatabaseName").ifPresent(name -> attributes.put("DatabaseName", name));
    Encryption.ofStorage(store, request, attributes);
    Encryption.ofInsights(store, request, attributes);
    store.masterSecrets.create(request, cluster.resourceId, attributes);
    Tags.put(cluster.tags, params);
    store.clusters.put(RdsStore.key(cluster.region, cluster.identifier), cluster);
    store.later("CreateDBCluster", Takes.CREATE, () -> cluster.status = "available");
    return answer(cluster);
  }

  private static void describeEngine(Params params, Map<String, Object> attributes) {
    String engine = params.required("Engine");
    String versions = VERSIONS.get(engine);
    if (versions == null) {
      throw AwsError.notModelled("a DB cluster of " + engine);
    }
    String version =
        params.text("EngineVersion").orElseGet(() -> DEFAULT_VERSIONS.getOrDefault(engine, ""));
    if (!version.matches(versions)) {
      throw AwsError.badRequest(
          "InvalidParameterCombination", "Cannot find version " + version + " for " + engine);
    }
    int port = params.number("Port").orElseGet(() -> PORTS.getOrDefault(engine, 0));
    if (port < 1150 || port > 65535) {
      throw AwsError.badRequest("InvalidParameterValue", "Port must be 1150 to 65535");
    }
    attributes.put("Engine", engine);
    attributes.put("EngineMode", "provisioned");
    attributes.put("EngineVersion", version);
    attributes.put("Port", port);
  }

  private String newIdentifier(String region, String given) {
    String identifier = RdsStore.identifier(given, 63);
    if (store.clusters.containsKey(RdsStore.key(region, identifier))) {
      throw AwsError.badRequest(
          "DBClusterAlreadyExistsFault", "DB cluster already exists: " + identifier);
    }
    long inRegion = store.clusters.values().stream().filter(c -> c.region.equals(region)).count();
    if (inRegion >= RdsStore.MOST_CLUSTERS) {
      throw new AwsError("DBClusterQuotaExceededFault", 403, "DB cluster quota exceeded");
    }
    return identifier;
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    List<DbCluster> found =
        params
            .text("DBClusterIdentifier")
            .map(name -> List.of(store.cluster(request.region(), name)))
            .orElseGet(() -> store.clustersIn(request.region()));
    return RdsStore.page(
        params,
        "DBClusters",
        "DBCluster",
        found.stream()
            .filter(cluster -> matches(cluster, params))
            .map(cluster -> cluster.xml(store.accountId))
            .toList());
  }

  private boolean matches(DbCluster cluster, Params params) {
    for (Params filter : params.structures("Filters")) {
      List<String> values = filter.texts("Values");
      boolean matches =
          switch (filter.required("Name")) {
            case "db-cluster-id" ->
                values.contains(cluster.identifier)
                    || values.contains(cluster.arn(store.accountId));
            case "db-cluster-resource-id" -> values.contains(cluster.resourceId);
            case "engine" -> values.contains(cluster.attributes.get("Engine"));
            default ->
                throw AwsError.badRequest(
                    "InvalidParameterValue",
                    "Unrecognized filter name: " + filter.required("Name"));
          };
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  private DbCluster cluster(AwsRequest request) {
    return store.cluster(request.region(), request.params().required("DBClusterIdentifier"));
  }

  private Map<String, Object> modify(AwsRequest request) {
    DbCluster cluster = cluster(request);
    requireAvailable(cluster);
    request.params().truth("ApplyImmediately");
    request
        .params()
        .truth("DeletionProtection")
        .ifPresent(value -> cluster.attributes.put("DeletionProtection", value));
    return answer(cluster);
  }

  private Map<String, Object> delete(AwsRequest request) {
    DbCluster cluster = cluster(request);
    Optional<String> last = RdsStore.finalSnapshot(request.params());
    if (cluster.is("DeletionProtection")) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "Cannot delete protected Cluster, please disable deletion protection and try again.");
    }
    requireAvailable(cluster);
    Runnable keepBackups =
        backups.whenDeleted(
            request, cluster.attributes, () -> RdsAutomatedBackups.of(cluster, "active"));
    last.ifPresent(name -> snapshots.take(cluster, name, 255));
    cluster.status = "deleting";
    store.later(
        "DeleteDBCluster",
        Takes.DELETE,
        () -> {
          store.clusters.remove(RdsStore.key(cluster.region, cluster.identifier));
          keepBackups.run();
        });
    return answer(cluster);
  }

  private Map<String, Object> answer(DbCluster cluster) {
    return Map.of("DBCluster", cluster.xml(store.accountId));
  }
}
