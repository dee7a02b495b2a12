package io.github.kmsrotation.testkit.ec2;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A launch template and its versions. Used under the embedded AWS's lock. */
final class LaunchTemplate extends Ec2Resource {

  final String name;
  final String createdBy;
  final List<Version> versions = new ArrayList<>();
  int defaultVersion = 1;
  private int numbers;

  /**
   * A version, which never changes.
   *
   * @param data what it was made of, by the names of parameters
   */
  record Version(int number, String description, Instant createdAt, Map<String, Object> data) {
    /** Copies the data. */
    Version {
      data = Map.copyOf(data);
    }
  }

  LaunchTemplate(String region, String id, Instant createdAt, String name, String createdBy) {
    super(Kind.LAUNCH_TEMPLATE, region, id, createdAt);
    this.name = name;
    this.createdBy = createdBy;
  }

  Version add(String description, Instant now, Map<String, Object> data) {
    Version version = new Version(++numbers, description, now, data);
    versions.add(version);
    return version;
  }

  Version latest() {
    return versions.get(versions.size() - 1);
  }

  @Override
  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("launchTemplateId", id);
    xml.put("launchTemplateName", name);
    xml.put("createTime", createdAt.toString());
    xml.put("createdBy", createdBy);
    xml.put("defaultVersionNumber", defaultVersion);
    xml.put("latestVersionNumber", latest().number());
    xml.put("tagSet", tagSet());
    xml.put("operator", operator());
    return xml;
  }

  Map<String, Object> xml(Version version) {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("launchTemplateId", id);
    xml.put("launchTemplateName", name);
    xml.put("versionNumber", version.number());
    xml.put("versionDescription", version.description());
    xml.put("createTime", version.createdAt().toString());
    xml.put("createdBy", createdBy);
    xml.put("defaultVersion", version.number() == defaultVersion);
    xml.put("launchTemplateData", LaunchTemplateData.xml(version.data()));
    return xml;
  }
}
