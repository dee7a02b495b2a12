package io.github.kmsrotation.testkit.rds;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A DB cluster snapshot's state. Used under the embedded AWS's lock. */
final class DbClusterSnapshot {

  final String region;
  final String identifier;
  final Instant createdAt;
  final Map<String, Object> attributes = new TreeMap<>();
  final Map<String, String> tags = new LinkedHashMap<>();
  String status = "creating";

  DbClusterSnapshot(String region, String identifier, Instant createdAt) {
    this.region = region;
    this.identifier = identifier;
    this.createdAt = createdAt;
  }

  boolean isOf(String clusterIdentifier) {
    return clusterIdentifier.equals(attributes.get("DBClusterIdentifier"));
  }

  Map<String, Object> xml(String accountId) {
    Map<String, Object> xml = new LinkedHashMap<>(attributes);
    xml.put("DBClusterSnapshotIdentifier", identifier);
    xml.put(
        "DBClusterSnapshotArn",
        "arn:aws:rds:" + region + ":" + accountId + ":cluster-snapshot:" + identifier);
    xml.put("Status", status);
    xml.put("PercentProgress", status.equals("available") ? 100 : 0);
    xml.put("TagList", Tags.xml(tags));
    return xml;
  }
}
