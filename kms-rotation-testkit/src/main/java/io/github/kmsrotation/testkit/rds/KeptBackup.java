package io.github.kmsrotation.testkit.rds;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * An automated backup that outlives its source, or is a replica of one in another Region. Used
 * under the embedded AWS's lock.
 */
final class KeptBackup {

  final BackupKind kind;
  final String region;
  final String sourceRegion;
  final String resourceId;
  final String identifier;
  final Map<String, Object> attributes = new TreeMap<>();
  String status;

  /**
   * @param kind of what
   * @param region where the backup is
   * @param sourceRegion where its source is or was
   * @param resourceId of its source
   * @param identifier of its source
   * @param status at first
   */
  KeptBackup(
      BackupKind kind,
      String region,
      String sourceRegion,
      String resourceId,
      String identifier,
      String status) {
    this.kind = kind;
    this.region = region;
    this.sourceRegion = sourceRegion;
    this.resourceId = resourceId;
    this.identifier = identifier;
    this.status = status;
  }

  String arn(String accountId) {
    return kind.arn(region, accountId, resourceId);
  }

  String sourceArn(String accountId) {
    return "arn:aws:rds:"
        + sourceRegion
        + ":"
        + accountId
        + (kind == BackupKind.INSTANCE ? ":db:" : ":cluster:")
        + identifier;
  }

  Map<String, Object> xml(String accountId) {
    Map<String, Object> xml = new LinkedHashMap<>(attributes);
    xml.put(kind.resourceId, resourceId);
    xml.put(kind.identifier(), identifier);
    xml.put(kind.source + "Arn", sourceArn(accountId));
    xml.put(kind.arnMember(), arn(accountId));
    xml.put("Region", sourceRegion);
    xml.put("Status", status);
    return xml;
  }
}
