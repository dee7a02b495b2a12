package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A blue/green deployment's state. Used under the embedded AWS's lock. */
final class BlueGreenDeployment {

  final String id;
  final String name;
  final String region;
  final DbInstance blue;
  final Instant createdAt;
  final Map<String, String> tags = new LinkedHashMap<>();
  Optional<DbInstance> green = Optional.empty();
  String status = "PROVISIONING";
  String details = "";

  BlueGreenDeployment(String id, String name, DbInstance blue, Instant createdAt) {
    this.id = id;
    this.name = name;
    this.region = blue.region;
    this.blue = blue;
    this.createdAt = createdAt;
  }

  boolean is(String state) {
    return status.equals(state);
  }

  boolean has(DbInstance instance) {
    return instance == blue || green.filter(g -> g == instance).isPresent();
  }

  /** By its names of now: a switchover renames both. */
  Map<String, Object> xml(String accountId) {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("BlueGreenDeploymentIdentifier", id);
    xml.put("BlueGreenDeploymentName", name);
    xml.put("Source", blue.arn(accountId));
    green.ifPresent(g -> xml.put("Target", g.arn(accountId)));
    xml.put("Status", status);
    xml.put("StatusDetails", details);
    xml.put("CreateTime", createdAt.toString());
    xml.put("TagList", Tags.xml(tags));
    Map<String, Object> member = new LinkedHashMap<>();
    member.put("SourceMember", blue.arn(accountId));
    green.ifPresent(g -> member.put("TargetMember", g.arn(accountId)));
    member.put("Status", is("DELETING") ? "AVAILABLE" : status);
    xml.put("SwitchoverDetails", new XmlList("member", List.of(member)));
    return xml;
  }
}
