package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Automated backups: those of what is there, and those that are retained. The latter are there for
 * the retention period after their source is deleted, the longest that RDS could have them.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html">
 *     Retaining automated backups</a>
 */
final class RdsAutomatedBackups {

  /** As many as DB instances. */
  private static final int MOST_RETAINED = RdsStore.MOST_INSTANCES;

  private static final String RETAINED = "retained";

  private final RdsStore store;

  RdsAutomatedBackups(RdsStore store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    for (BackupKind kind : BackupKind.values()) {
      operations.put(
          "Describe" + kind.element() + "s",
          Operation.read(
              r -> describe(r, kind),
              kind.resourceId,
              kind.identifier(),
              "Filters",
              "MaxRecords",
              "Marker"));
    }
    operations.put(
        "DeleteDBInstanceAutomatedBackup",
        Operation.write(
            r -> delete(r, BackupKind.INSTANCE),
            BackupKind.INSTANCE.resourceId,
            BackupKind.INSTANCE.arnMember()));
    operations.put(
        "DeleteDBClusterAutomatedBackup",
        Operation.write(r -> delete(r, BackupKind.CLUSTER), BackupKind.CLUSTER.resourceId));
  }

  /** What is to happen to the backups once their source, which is being deleted, is gone. */
  Runnable whenDeleted(
      AwsRequest request, Map<String, Object> attributes, Supplier<KeptBackup> retained) {
    boolean deletes = request.params().truth("DeleteAutomatedBackups").orElse(true);
    if (deletes || retentionDays(attributes) == 0) {
      return () -> {};
    }
    KeptBackup backup = retained.get();
    long kept =
        store.keptBackups.stream()
            .filter(b -> b.kind == backup.kind && b.region.equals(backup.region))
            .count();
    if (kept >= MOST_RETAINED) {
      throw backup.kind.quotaExceeded();
    }
    return () -> {
      store.keptBackups.add(backup);
      retain(backup);
    };
  }

  /** Keeps it until it expires. */
  void retain(KeptBackup backup) {
    backup.status = RETAINED;
    store.timeline.after(
        Duration.ofDays(retentionDays(backup.attributes)), () -> store.keptBackups.remove(backup));
  }

  static int retentionDays(Map<String, Object> attributes) {
    return attributes.get("BackupRetentionPeriod") instanceof Integer days ? days : 0;
  }

  static KeptBackup of(DbInstance instance, String status) {
    KeptBackup backup =
        new KeptBackup(
            BackupKind.INSTANCE,
            instance.region,
            instance.region,
            instance.resourceId,
            instance.identifier,
            status);
    backup.kind.copy(instance.attributes, backup.attributes);
    return backup;
  }

  static KeptBackup of(DbCluster cluster, String status) {
    KeptBackup backup =
        new KeptBackup(
            BackupKind.CLUSTER,
            cluster.region,
            cluster.region,
            cluster.resourceId,
            cluster.identifier,
            status);
    backup.kind.copy(cluster.attributes, backup.attributes);
    return backup;
  }

  private Stream<KeptBackup> active(String region, BackupKind kind) {
    Stream<KeptBackup> backups =
        kind == BackupKind.INSTANCE
            ? store.instancesIn(region).stream().map(i -> of(i, statusWhile(i.status)))
            : store.clustersIn(region).stream().map(c -> of(c, statusWhile(c.status)));
    return backups.filter(backup -> retentionDays(backup.attributes) > 0);
  }

  private static String statusWhile(String sourceStatus) {
    return sourceStatus.equals("creating") ? "creating" : "active";
  }

  private List<KeptBackup> all(String region, BackupKind kind) {
    return Stream.concat(
            active(region, kind),
            store.keptBackups.stream().filter(b -> b.kind == kind && b.region.equals(region)))
        .toList();
  }

  private Map<String, Object> describe(AwsRequest request, BackupKind kind) {
    Params params = request.params();
    Optional<String> resourceId = params.text(kind.resourceId);
    Optional<String> identifier = params.text(kind.identifier());
    List<KeptBackup> found =
        all(request.region(), kind).stream()
            .filter(b -> resourceId.isEmpty() || b.resourceId.equalsIgnoreCase(resourceId.get()))
            .filter(b -> identifier.isEmpty() || b.identifier.equalsIgnoreCase(identifier.get()))
            .toList();
    if (found.isEmpty() && (resourceId.isPresent() || identifier.isPresent())) {
      throw kind.notFound(resourceId.or(() -> identifier).orElseThrow());
    }
    return RdsStore.page(
        params,
        kind.element() + "s",
        kind.element(),
        found.stream()
            .filter(backup -> matches(backup, params))
            .map(backup -> backup.xml(store.accountId))
            .toList());
  }

  private boolean matches(KeptBackup backup, Params params) {
    for (Params filter : params.structures("Filters")) {
      String name = filter.required("Name");
      List<String> values = filter.texts("Values");
      boolean matches;
      if (name.equals("status")) {
        matches = values.contains(backup.status);
      } else if (name.equals(backup.kind.identifierFilter)) {
        matches =
            values.contains(backup.identifier)
                || values.contains(backup.sourceArn(store.accountId));
      } else if (name.equals(backup.kind.resourceIdFilter)) {
        matches = values.contains(backup.resourceId);
      } else {
        throw AwsError.badRequest("InvalidParameterValue", "Unrecognized filter name: " + name);
      }
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  private Map<String, Object> delete(AwsRequest request, BackupKind kind) {
    Params params = request.params();
    Optional<String> resourceId = params.text(kind.resourceId);
    Optional<String> arn = params.text(kind.arnMember());
    if (resourceId.isPresent() == arn.isPresent()) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "Specify either " + kind.resourceId + " or " + kind.arnMember() + ".");
    }
    String which = resourceId.or(() -> arn).orElseThrow();
    KeptBackup backup =
        all(request.region(), kind).stream()
            .filter(
                b -> which.equals(resourceId.isPresent() ? b.resourceId : b.arn(store.accountId)))
            .findFirst()
            .orElseThrow(() -> kind.notFound(which));
    if (!backup.status.equals(RETAINED)) {
      throw kind.invalidState(which);
    }
    backup.status = "deleting";
    store.later("Delete" + kind.element(), Takes.DELETE, () -> store.keptBackups.remove(backup));
    return Map.of(kind.element(), backup.xml(store.accountId));
  }
}
