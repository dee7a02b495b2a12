package io.github.kmsrotation.testkit.rds;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A DB snapshot's state. Used under the embedded AWS's lock. */
final class DbSnapshot {

  final String region;
  final String identifier;
  final Instant createdAt;
  final Map<String, Object> attributes = new TreeMap<>();
  final Map<String, Object> instanceAttributes = new TreeMap<>();
  final Map<String, String> tags = new LinkedHashMap<>();
  String status = "creating";
  int percent;
  Optional<Path> data = Optional.empty();

  DbSnapshot(String region, String identifier, Instant createdAt) {
    this.region = region;
    this.identifier = identifier;
    this.createdAt = createdAt;
  }

  String arn(String accountId) {
    return "arn:aws:rds:" + region + ":" + accountId + ":snapshot:" + identifier;
  }

  /** What it knows of the DB instance that it was made of. */
  String remembered(String attribute) {
    return String.valueOf(instanceAttributes.get(attribute));
  }

  Map<String, Object> xml(String accountId) {
    Map<String, Object> xml = new LinkedHashMap<>(attributes);
    xml.put("DBSnapshotIdentifier", identifier);
    xml.put("DBSnapshotArn", arn(accountId));
    xml.put("Status", status);
    xml.put("PercentProgress", percent);
    xml.put("TagList", Tags.xml(tags));
    return xml;
  }
}
