package io.github.kmsrotation.testkit.rds;

import java.util.LinkedHashMap;
import java.util.Map;

/** A DB subnet group, DB parameter group or option group. Used under the embedded AWS's lock. */
final class DbGroup {

  final GroupKind kind;
  final String region;
  final String name;
  final Map<String, Object> attributes = new LinkedHashMap<>();
  final Map<String, String> tags = new LinkedHashMap<>();

  DbGroup(GroupKind kind, String region, String name) {
    this.kind = kind;
    this.region = region;
    this.name = name;
  }

  /** Whether RDS made it: such a group cannot be deleted. */
  boolean isDefault() {
    return name.matches("default([.:].*)?");
  }

  String text(String attribute) {
    return String.valueOf(attributes.get(attribute));
  }

  Map<String, Object> xml(String accountId) {
    Map<String, Object> xml = new LinkedHashMap<>(attributes);
    xml.put(kind.nameParameter(), name);
    xml.put(
        kind.title + "Arn",
        "arn:aws:rds:" + region + ":" + accountId + ":" + kind.arnType + ":" + name);
    return xml;
  }
}
