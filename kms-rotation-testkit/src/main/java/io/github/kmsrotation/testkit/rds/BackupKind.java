package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Automated backups of DB instances and those of DB clusters, which have an API each.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceAutomatedBackup.html">
 *     DBInstanceAutomatedBackup</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterAutomatedBackup.html">
 *     DBClusterAutomatedBackup</a>
 */
enum BackupKind {
  INSTANCE("DBInstance", "DbiResourceId", "db-instance-id", "dbi-resource-id", "auto-backup:ab-"),
  CLUSTER(
      "DBCluster",
      "DbClusterResourceId",
      "db-cluster-id",
      "db-cluster-resource-id",
      "cluster-auto-backup:cab-");

  /** What a backup knows of its source, under the same name. */
  private static final List<String> KEPT =
      List.of(
          "Engine",
          "EngineVersion",
          "MasterUsername",
          "AllocatedStorage",
          "StorageType",
          "LicenseModel",
          "BackupRetentionPeriod",
          "PreferredBackupWindow",
          "InstanceCreateTime",
          "ClusterCreateTime",
          "KmsKeyId");

  final String source;
  final String resourceId;
  final String identifierFilter;
  final String resourceIdFilter;
  private final String arnInfix;

  BackupKind(
      String source,
      String resourceId,
      String identifierFilter,
      String resourceIdFilter,
      String arnInfix) {
    this.source = source;
    this.resourceId = resourceId;
    this.identifierFilter = identifierFilter;
    this.resourceIdFilter = resourceIdFilter;
    this.arnInfix = arnInfix;
  }

  /** A backup's name in operations and answers, for example {@code DBInstanceAutomatedBackup}. */
  String element() {
    return source + "AutomatedBackup";
  }

  String identifier() {
    return source + "Identifier";
  }

  String arnMember() {
    return element() + "sArn";
  }

  String arn(String region, String accountId, String sourceResourceId) {
    String unique = sourceResourceId.substring(sourceResourceId.indexOf('-') + 1);
    return "arn:aws:rds:"
        + region
        + ":"
        + accountId
        + ":"
        + arnInfix
        + unique.toLowerCase(Locale.ROOT);
  }

  /** The attributes of a backup of a source that has these. */
  void copy(Map<String, Object> from, Map<String, Object> to) {
    for (String name : KEPT) {
      Object value = from.get(name);
      if (value != null) {
        to.put(name, value);
      }
    }
    to.put(
        this == INSTANCE ? "Encrypted" : "StorageEncrypted",
        Boolean.TRUE.equals(from.get("StorageEncrypted")));
  }

  AwsError notFound(String which) {
    return new AwsError(
        element() + (this == INSTANCE ? "NotFound" : "NotFoundFault"),
        404,
        "There is no automated backup of " + which + ".");
  }

  AwsError invalidState(String which) {
    return AwsError.badRequest(
        "Invalid" + element() + (this == INSTANCE ? "State" : "StateFault"),
        "The automated backup of " + which + " is in use or being deleted.");
  }

  AwsError quotaExceeded() {
    return AwsError.badRequest(
        element() + (this == INSTANCE ? "QuotaExceeded" : "QuotaExceededFault"),
        "The quota for retained automated backups was exceeded.");
  }
}
