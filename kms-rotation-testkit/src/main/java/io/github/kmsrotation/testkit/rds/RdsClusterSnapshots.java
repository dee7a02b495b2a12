package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Creating, describing and deleting DB cluster snapshots. */
final class RdsClusterSnapshots {

  /**
   * What can be asked for. Nothing is automated, shared or public here.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html">
   *     DescribeDBClusterSnapshots</a>, which knows no type of AWS Backup
   */
  private static final Set<String> TYPES = Set.of("automated", "manual", "shared", "public");

  private static final List<String> OF_CLUSTER =
      List.of(
          "Engine",
          "EngineVersion",
          "MasterUsername",
          "AllocatedStorage",
          "ClusterCreateTime",
          "KmsKeyId",
          "StorageEncrypted");

  private final RdsStore store;

  RdsClusterSnapshots(RdsStore store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateDBClusterSnapshot",
        Operation.write(
            this::create, "DBClusterSnapshotIdentifier", "DBClusterIdentifier", "Tags"));
    operations.put(
        "DescribeDBClusterSnapshots",
        Operation.read(
            this::describe,
            "DBClusterSnapshotIdentifier",
            "DBClusterIdentifier",
            "SnapshotType",
            "MaxRecords",
            "Marker"));
    operations.put(
        "DeleteDBClusterSnapshot", Operation.write(this::delete, "DBClusterSnapshotIdentifier"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    DbCluster cluster = store.cluster(request.region(), params.required("DBClusterIdentifier"));
    RdsClusters.requireAvailable(cluster);
    DbClusterSnapshot snapshot = take(cluster, params.required("DBClusterSnapshotIdentifier"), 63);
    Tags.put(snapshot.tags, params);
    return answer(snapshot);
  }

  /**
   * Of a DB cluster as it is now, though it is available only later.
   *
   * @param most how long its identifier may be: 63 characters, or 255 of a final one
   */
  DbClusterSnapshot take(DbCluster cluster, String given, int most) {
    DbClusterSnapshot snapshot =
        new DbClusterSnapshot(
            cluster.region, newIdentifier(cluster.region, given, most), store.timeline.now());
    Map<String, Object> attributes = snapshot.attributes;
    for (String name : OF_CLUSTER) {
      Object value = cluster.attributes.get(name);
      if (value != null) {
        attributes.put(name, value);
      }
    }
    attributes.put("DBClusterIdentifier", cluster.identifier);
    attributes.put("DbClusterResourceId", cluster.resourceId);
    attributes.put("SnapshotType", "manual");
    attributes.put("SnapshotCreateTime", store.timeline.now().toString());
    if (cluster.is("CopyTagsToSnapshot")) {
      snapshot.tags.putAll(cluster.tags);
    }
    store.clusterSnapshots.put(RdsStore.key(snapshot.region, snapshot.identifier), snapshot);
    store.later("CreateDBClusterSnapshot", Takes.SNAPSHOT, () -> snapshot.status = "available");
    return snapshot;
  }

  private String newIdentifier(String region, String given, int most) {
    String identifier = RdsStore.identifier(given, most);
    if (store.clusterSnapshots.containsKey(RdsStore.key(region, identifier))) {
      throw AwsError.badRequest(
          "DBClusterSnapshotAlreadyExistsFault",
          "There is a DB cluster snapshot " + identifier + " already.");
    }
    long inRegion =
        store.clusterSnapshots.values().stream().filter(s -> s.region.equals(region)).count();
    if (inRegion >= RdsStore.MOST_CLUSTER_SNAPSHOTS) {
      throw AwsError.badRequest(
          "SnapshotQuotaExceeded", "Cannot create more than 100 manual cluster snapshots");
    }
    return identifier;
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    Optional<String> snapshot = params.text("DBClusterSnapshotIdentifier");
    Optional<String> cluster = params.text("DBClusterIdentifier").map(RdsStore::lower);
    Optional<String> type = params.text("SnapshotType");
    if (snapshot.isPresent() && cluster.isPresent()) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "DBClusterIdentifier and DBClusterSnapshotIdentifier exclude each other.");
    }
    if (type.isPresent() && !TYPES.contains(type.get())) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "Invalid snapshot type: " + type.get() + ".");
    }
    List<DbClusterSnapshot> found =
        snapshot
            .map(name -> List.of(store.clusterSnapshot(request.region(), name)))
            .orElseGet(() -> store.clusterSnapshotsIn(request.region()));
    return RdsStore.page(
        params,
        "DBClusterSnapshots",
        "DBClusterSnapshot",
        found.stream()
            .filter(s -> cluster.isEmpty() || s.isOf(cluster.get()))
            .filter(s -> type.isEmpty() || type.get().equals(s.attributes.get("SnapshotType")))
            .map(s -> s.xml(store.accountId))
            .toList());
  }

  private Map<String, Object> delete(AwsRequest request) {
    DbClusterSnapshot snapshot =
        store.clusterSnapshot(
            request.region(), request.params().required("DBClusterSnapshotIdentifier"));
    if (!snapshot.status.equals("available")) {
      throw AwsError.badRequest(
          "InvalidDBClusterSnapshotStateFault",
          "DB cluster snapshot " + snapshot.identifier + " is " + snapshot.status + ".");
    }
    store.clusterSnapshots.remove(RdsStore.key(snapshot.region, snapshot.identifier));
    snapshot.status = "deleted";
    return answer(snapshot);
  }

  private Map<String, Object> answer(DbClusterSnapshot snapshot) {
    return Map.of("DBClusterSnapshot", snapshot.xml(store.accountId));
  }
}
