package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import io.github.kmsrotation.testkit.postgres.Endpoint;
import io.github.kmsrotation.testkit.postgres.PostgresDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A DB instance's state. Used under the embedded AWS's lock. */
final class DbInstance {

  final String region;
  final String resourceId;
  final Instant createdAt;
  final Map<String, Object> attributes = new TreeMap<>();
  final Map<String, Object> pending = new TreeMap<>();
  final Map<String, String> tags = new LinkedHashMap<>();
  final Map<String, String> roles = new TreeMap<>();
  final List<String> replicas = new ArrayList<>();
  final List<String> replications = new ArrayList<>();
  String identifier;
  String status;
  int port;
  Optional<PostgresDatabase> database = Optional.empty();
  Optional<Endpoint> endpoint = Optional.empty();

  DbInstance(String region, String resourceId, String identifier, Instant createdAt) {
    this.region = region;
    this.resourceId = resourceId;
    this.identifier = identifier;
    this.createdAt = createdAt;
    this.status = "creating";
  }

  boolean isAvailable() {
    return status.equals("available");
  }

  boolean is(String attribute) {
    return Boolean.TRUE.equals(attributes.get(attribute));
  }

  String text(String attribute) {
    Object value = attributes.get(attribute);
    return value == null ? "" : value.toString();
  }

  String arn(String accountId) {
    return "arn:aws:rds:" + region + ":" + accountId + ":db:" + identifier;
  }

  Map<String, Object> xml(String accountId, String address) {
    Map<String, Object> xml = new LinkedHashMap<>(attributes);
    xml.put("DBInstanceIdentifier", identifier);
    xml.put("DbiResourceId", resourceId);
    xml.put("DBInstanceArn", arn(accountId));
    xml.put("DBInstanceStatus", status);
    if (!status.equals("creating")) {
      xml.put("Endpoint", Map.of("Address", address, "Port", port, "HostedZoneId", "ZEMBEDDED"));
    }
    xml.put("PendingModifiedValues", Map.copyOf(pending));
    xml.put("TagList", Tags.xml(tags));
    List<Map<String, String>> associated = new ArrayList<>();
    roles.forEach(
        (feature, role) ->
            associated.add(Map.of("RoleArn", role, "FeatureName", feature, "Status", "ACTIVE")));
    xml.put("AssociatedRoles", new XmlList("DBInstanceRole", associated));
    xml.put(
        "ReadReplicaDBInstanceIdentifiers",
        new XmlList("ReadReplicaDBInstanceIdentifier", replicas));
    xml.put(
        "DBInstanceAutomatedBackupsReplications",
        new XmlList(
            "DBInstanceAutomatedBackupsReplication",
            replications.stream()
                .map(arn -> Map.of("DBInstanceAutomatedBackupsArn", arn))
                .toList()));
    return xml;
  }
}
