package io.github.kmsrotation.testkit.rds;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A DB cluster's state. Used under the embedded AWS's lock. */
final class DbCluster {

  final String region;
  final String resourceId;
  final String identifier;
  final Instant createdAt;
  final Map<String, Object> attributes = new TreeMap<>();
  final Map<String, String> tags = new LinkedHashMap<>();
  String status = "creating";

  DbCluster(String region, String resourceId, String identifier, Instant createdAt) {
    this.region = region;
    this.resourceId = resourceId;
    this.identifier = identifier;
    this.createdAt = createdAt;
  }

  boolean is(String attribute) {
    return Boolean.TRUE.equals(attributes.get(attribute));
  }

  String arn(String accountId) {
    return "arn:aws:rds:" + region + ":" + accountId + ":cluster:" + identifier;
  }

  Map<String, Object> xml(String accountId) {
    Map<String, Object> xml = new LinkedHashMap<>(attributes);
    xml.put("DBClusterIdentifier", identifier);
    xml.put("DbClusterResourceId", resourceId);
    xml.put("DBClusterArn", arn(accountId));
    xml.put("Status", status);
    xml.put("TagList", Tags.xml(tags));
    return xml;
  }
}
