package io.github.kmsrotation.testkit.rds;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A DB snapshot's state. Used under the embedded AWS's lock. */
final class DbSnapshot {

  final String region;
  final String identifier;
  final Map<String, Object> attributes = new TreeMap<>();
  final Map<String, Object> instanceAttributes = new TreeMap<>();
  final Map<String, String> tags = new LinkedHashMap<>();
  String status = "creating";
  int percent;
  Optional<Path> data = Optional.empty();

  DbSnapshot(String region, String identifier) {
    this.region = region;
    this.identifier = identifier;
  }

  String arn(String accountId) {
    return "arn:aws:rds:" + region + ":" + accountId + ":snapshot:" + identifier;
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
