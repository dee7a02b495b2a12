package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import io.github.kmsrotation.testkit.kms.KmsService;
import io.github.kmsrotation.testkit.kms.KmsService.Usability;
import io.github.kmsrotation.testkit.postgres.Endpoint;
import io.github.kmsrotation.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** All DB instances, DB clusters and their snapshots, and what the operations on them share. */
final class RdsStore {

  static final int MOST_INSTANCES = 40;
  static final int MOST_SNAPSHOTS = 100;
  static final int MOST_CLUSTERS = 40;
  static final int MOST_CLUSTER_SNAPSHOTS = 100;

  final String accountId;
  final Timeline timeline;
  final KmsService kms;
  final Map<String, DbInstance> instances = new TreeMap<>();
  final Map<String, DbSnapshot> snapshots = new TreeMap<>();
  final Map<String, DbCluster> clusters = new TreeMap<>();
  final Map<String, DbClusterSnapshot> clusterSnapshots = new TreeMap<>();
  final List<BlueGreenDeployment> deployments = new ArrayList<>();
  final List<KeptBackup> keptBackups = new ArrayList<>();
  final RdsGroups groups = new RdsGroups();
  final MasterSecrets masterSecrets = new MasterSecrets(this);
  private final Set<String> stuckOperations = new HashSet<>();
  private final Path directory;
  private final int scope = System.identityHashCode(this);
  private int numbers;

  RdsStore(String accountId, Timeline timeline, KmsService kms) {
    this.accountId = accountId;
    this.timeline = timeline;
    this.kms = kms;
    try {
      this.directory = Files.createTempDirectory("embedded-aws-rds");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path newDirectory(String kind) {
    return directory.resolve(kind + "-" + numbers++);
  }

  Path directory() {
    return directory;
  }

  static String newResourceId(String prefix) {
    return prefix + random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 26);
  }

  static String random(String letters, int count) {
    StringBuilder text = new StringBuilder();
    new java.security.SecureRandom()
        .ints(count, 0, letters.length())
        .forEach(i -> text.append(letters.charAt(i)));
    return text.toString();
  }

  void neverFinish(String operation) {
    stuckOperations.add(operation);
  }

  boolean isStuck(String operation) {
    return stuckOperations.contains(operation);
  }

  /** Ends an operation later, unless a test said that it never ends. */
  void later(String operation, Duration takes, Runnable end) {
    if (!isStuck(operation)) {
      timeline.after(takes, end);
    }
  }

  static String key(String region, String identifier) {
    return region + "/" + identifier;
  }

  void add(DbInstance instance) {
    instances.put(key(instance.region, instance.identifier), instance);
  }

  void remove(DbInstance instance) {
    instances.remove(key(instance.region, instance.identifier));
  }

  DbInstance instance(AwsRequest request) {
    return instance(request.region(), request.params().required("DBInstanceIdentifier"));
  }

  DbInstance instance(String region, String identifier) {
    return Optional.ofNullable(instances.get(key(region, lower(identifier))))
        .filter(instance -> timeline.hasPropagated(instance.createdAt))
        .orElseThrow(
            () ->
                new AwsError(
                    "DBInstanceNotFound", 404, "DBInstance " + identifier + " not found."));
  }

  DbSnapshot snapshot(String region, String identifier) {
    String name = identifier.substring(identifier.lastIndexOf(':') + 1);
    return Optional.ofNullable(snapshots.get(key(region, lower(name))))
        .filter(snapshot -> timeline.hasPropagated(snapshot.createdAt))
        .orElseThrow(
            () -> new AwsError("DBSnapshotNotFound", 404, "DBSnapshot not found: " + identifier));
  }

  DbCluster cluster(String region, String identifier) {
    String name = identifier.substring(identifier.lastIndexOf(':') + 1);
    return Optional.ofNullable(clusters.get(key(region, lower(name))))
        .filter(cluster -> timeline.hasPropagated(cluster.createdAt))
        .orElseThrow(
            () ->
                new AwsError(
                    "DBClusterNotFoundFault", 404, "DBCluster " + identifier + " not found."));
  }

  DbClusterSnapshot clusterSnapshot(String region, String identifier) {
    String name = identifier.substring(identifier.lastIndexOf(':') + 1);
    return Optional.ofNullable(clusterSnapshots.get(key(region, lower(name))))
        .filter(snapshot -> timeline.hasPropagated(snapshot.createdAt))
        .orElseThrow(
            () ->
                new AwsError(
                    "DBClusterSnapshotNotFoundFault",
                    404,
                    "DBClusterSnapshot not found: " + identifier));
  }

  List<DbCluster> clustersIn(String region) {
    return clusters.values().stream()
        .filter(c -> c.region.equals(region) && timeline.hasPropagated(c.createdAt))
        .toList();
  }

  List<DbClusterSnapshot> clusterSnapshotsIn(String region) {
    return clusterSnapshots.values().stream()
        .filter(s -> s.region.equals(region) && timeline.hasPropagated(s.createdAt))
        .toList();
  }

  List<DbInstance> instancesIn(String region) {
    return instances.values().stream()
        .filter(i -> i.region.equals(region) && timeline.hasPropagated(i.createdAt))
        .toList();
  }

  List<DbSnapshot> snapshotsIn(String region) {
    return snapshots.values().stream()
        .filter(s -> s.region.equals(region) && timeline.hasPropagated(s.createdAt))
        .toList();
  }

  static String lower(String identifier) {
    return identifier.toLowerCase(Locale.ROOT);
  }

  String newInstanceIdentifier(String region, String given) {
    String identifier = identifier(given, 63);
    if (instances.containsKey(key(region, identifier))) {
      throw AwsError.badRequest(
          "DBInstanceAlreadyExists", "DB instance already exists: " + identifier);
    }
    return identifier;
  }

  String newSnapshotIdentifier(String region, String given) {
    String identifier = identifier(given, 255);
    if (snapshots.containsKey(key(region, identifier))) {
      throw AwsError.badRequest(
          "DBSnapshotAlreadyExists",
          "Cannot create the snapshot because a snapshot with the identifier "
              + identifier
              + " already exists.");
    }
    long inRegion = snapshots.values().stream().filter(s -> s.region.equals(region)).count();
    if (inRegion >= MOST_SNAPSHOTS) {
      throw AwsError.badRequest(
          "SnapshotQuotaExceeded", "Cannot create more than 100 manual snapshots");
    }
    return identifier;
  }

  static String identifier(String given, int most) {
    String identifier = lower(given);
    if (!identifier.matches("[a-z](-?[a-z0-9])*") || identifier.length() > most) {
      throw AwsError.badRequest(
          "InvalidParameterValue",
          "The parameter "
              + given
              + " is not a valid identifier. Identifiers must begin with a letter; must contain"
              + " only ASCII letters, digits, and hyphens; and must not end with a hyphen or"
              + " contain two consecutive hyphens.");
    }
    return identifier;
  }

  /** The ARN of a key that is usable now. */
  String requireKey(String region, String name) {
    Usability usability = kms.usability(region, name);
    if (usability.problem().isPresent()) {
      throw AwsError.badRequest(
          "KMSKeyNotAccessibleFault",
          "The specified KMS key ["
              + name
              + "] does not exist, is not enabled or you do not have permissions to access it.");
    }
    return usability.arn();
  }

  /**
   * The final snapshot that a deletion asks for; exactly one of it and its being skipped is said.
   */
  static Optional<String> finalSnapshot(Params params) {
    boolean skip = params.truth("SkipFinalSnapshot").orElse(false);
    Optional<String> last = params.text("FinalDBSnapshotIdentifier");
    if (skip == last.isPresent()) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified, and not"
              + " allowed with it.");
    }
    return last;
  }

  void requireRoomForInstance() {
    if (instances.size() >= MOST_INSTANCES) {
      throw AwsError.badRequest("InstanceQuotaExceeded", "DB instance quota exceeded");
    }
  }

  static void requireUnprotected(DbInstance instance) {
    if (instance.is("DeletionProtection")) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "Cannot delete protected DB Instance, please disable deletion protection and try again.");
    }
  }

  static void requireAvailable(DbInstance instance) {
    if (!instance.isAvailable()) {
      throw invalidState(instance);
    }
  }

  /** Until a switchover, what belongs to a blue/green deployment is neither renamed nor deleted. */
  void requireNotDeployed(DbInstance instance) {
    boolean isDeployed =
        deployments.stream().anyMatch(d -> d.has(instance) && !d.is("SWITCHOVER_COMPLETED"));
    if (isDeployed) {
      throw AwsError.badRequest(
          "InvalidDBInstanceState",
          "Database instance " + instance.identifier + " is part of a blue/green deployment.");
    }
  }

  static AwsError invalidState(DbInstance instance) {
    return AwsError.badRequest(
        "InvalidDBInstanceState",
        "Database instance " + instance.identifier + " is not in available state.");
  }

  String address(DbInstance instance) {
    return Endpoint.addressOf(scope, instance.region + "/" + instance.identifier);
  }

  /** Lets clients reach what is behind the identifier now. */
  void openEndpoint(DbInstance instance) {
    instance.database.ifPresent(
        database -> {
          try {
            instance.endpoint =
                Optional.of(Endpoint.open(address(instance), instance.port, database::port));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  void closeEndpoint(DbInstance instance) {
    instance.endpoint.ifPresent(Endpoint::close);
    instance.endpoint = Optional.empty();
  }

  Map<String, Object> answer(DbInstance instance) {
    return Map.of("DBInstance", instance.xml(accountId, address(instance)));
  }

  Map<String, Object> answer(DbSnapshot snapshot) {
    return Map.of("DBSnapshot", snapshot.xml(accountId));
  }

  /** A page of a list, by {@code MaxRecords} and {@code Marker}. */
  static Map<String, Object> page(
      Params params, String name, String item, List<Map<String, Object>> all) {
    int most = params.number("MaxRecords").orElse(100);
    if (most < 20 || most > 100) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "Invalid value " + most + " for MaxRecords. Must be 20 to 100");
    }
    int from = params.number("Marker").orElse(0);
    int to = Math.min(all.size(), from + most);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put(name, new XmlList(item, all.subList(Math.min(from, to), to)));
    if (to < all.size()) {
      page.put("Marker", to);
    }
    return page;
  }

  void delete(DbInstance instance) {
    closeEndpoint(instance);
    instance.database.ifPresent(PostgresDatabase::close);
    remove(instance);
  }
}
