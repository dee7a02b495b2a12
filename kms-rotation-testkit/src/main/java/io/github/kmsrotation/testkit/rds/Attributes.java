package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** How parameters of create, restore and modify become members of a {@code DBInstance}. */
final class Attributes {

  private static final List<String> TEXTS =
      List.of(
          "DBInstanceClass",
          "StorageType",
          "AvailabilityZone",
          "LicenseModel",
          "EngineVersion",
          "PreferredBackupWindow",
          "PreferredMaintenanceWindow",
          "CACertificateIdentifier",
          "NetworkType",
          "EngineLifecycleSupport",
          "BackupTarget",
          "CustomIamInstanceProfile",
          "DBCapacityReservationIdentifier",
          "MonitoringRoleArn",
          "PerformanceInsightsKMSKeyId",
          "DatabaseInsightsMode");
  private static final List<String> NUMBERS =
      List.of(
          "AllocatedStorage",
          "Iops",
          "StorageThroughput",
          "MaxAllocatedStorage",
          "BackupRetentionPeriod",
          "MonitoringInterval",
          "PerformanceInsightsRetentionPeriod");
  private static final List<String> TRUTHS =
      List.of(
          "MultiAZ",
          "PubliclyAccessible",
          "AutoMinorVersionUpgrade",
          "CopyTagsToSnapshot",
          "DeletionProtection",
          "DedicatedLogVolume");
  private static final Map<String, String> RENAMED_TRUTHS =
      Map.of(
          "EnableIAMDatabaseAuthentication", "IAMDatabaseAuthenticationEnabled",
          "EnablePerformanceInsights", "PerformanceInsightsEnabled",
          "EnableCustomerOwnedIp", "CustomerOwnedIpEnabled");

  private Attributes() {}

  /** The members that the parameters set. */
  static Map<String, Object> of(Params params) {
    Map<String, Object> set = new LinkedHashMap<>();
    TEXTS.forEach(name -> params.text(name).ifPresent(value -> set.put(name, value)));
    NUMBERS.forEach(name -> params.number(name).ifPresent(value -> set.put(name, value)));
    TRUTHS.forEach(name -> params.truth(name).ifPresent(value -> set.put(name, value)));
    RENAMED_TRUTHS.forEach(
        (name, member) -> params.truth(name).ifPresent(value -> set.put(member, value)));
    params
        .text("DBParameterGroupName")
        .ifPresent(
            name -> set.put("DBParameterGroups", parameterGroup(RdsStore.lower(name), "in-sync")));
    params
        .text("OptionGroupName")
        .ifPresent(name -> set.put("OptionGroupMemberships", optionGroup(RdsStore.lower(name))));
    if (params.has("VpcSecurityGroupIds")) {
      set.put("VpcSecurityGroups", securityGroups(params.texts("VpcSecurityGroupIds")));
    }
    if (params.has("EnableCloudwatchLogsExports")) {
      set.put(
          "EnabledCloudwatchLogsExports",
          new XmlList("member", params.texts("EnableCloudwatchLogsExports")));
    }
    if (params.has("ProcessorFeatures")) {
      set.put("ProcessorFeatures", processorFeatures(params));
    }
    domain(params).ifPresent(domain -> set.put("DomainMemberships", domain));
    check(set);
    return set;
  }

  static XmlList parameterGroup(String name, String status) {
    return new XmlList(
        "DBParameterGroup",
        List.of(Map.of("DBParameterGroupName", name, "ParameterApplyStatus", status)));
  }

  static XmlList optionGroup(String name) {
    return new XmlList(
        "OptionGroupMembership", List.of(Map.of("OptionGroupName", name, "Status", "in-sync")));
  }

  /** The groups of a kind that a DB instance with these attributes uses. */
  static List<String> names(Map<String, Object> attributes, GroupKind kind) {
    Object used =
        switch (kind) {
          case SUBNET -> attributes.get("DBSubnetGroup");
          case PARAMETER -> attributes.get("DBParameterGroups");
          case OPTION -> attributes.get("OptionGroupMemberships");
        };
    List<?> groups = used instanceof XmlList list ? list.values() : List.of();
    if (used instanceof Map<?, ?> group) {
      groups = List.of(group);
    }
    List<String> names = new ArrayList<>();
    for (Object group : groups) {
      if (group instanceof Map<?, ?> map) {
        names.add(String.valueOf(map.get(kind.nameParameter())));
      }
    }
    return names;
  }

  static XmlList securityGroups(List<String> ids) {
    List<Map<String, String>> groups = new ArrayList<>();
    for (String id : ids) {
      if (!id.matches("sg-[0-9a-f]{8,17}")) {
        throw AwsError.badRequest("InvalidParameterValue", "Invalid security group: " + id);
      }
      groups.add(Map.of("VpcSecurityGroupId", id, "Status", "active"));
    }
    return new XmlList("VpcSecurityGroupMembership", groups);
  }

  private static XmlList processorFeatures(Params params) {
    List<Map<String, String>> features = new ArrayList<>();
    for (Params feature : params.structures("ProcessorFeatures")) {
      features.add(Map.of("Name", feature.required("Name"), "Value", feature.required("Value")));
    }
    return new XmlList("ProcessorFeature", features);
  }

  private static Optional<XmlList> domain(Params params) {
    return params
        .text("Domain")
        .map(
            domain ->
                new XmlList(
                    "DomainMembership",
                    List.of(
                        Map.of(
                            "Domain",
                            domain,
                            "Status",
                            "joined",
                            "IAMRoleName",
                            params.required("DomainIAMRoleName")))));
  }

  /** Adds and removes log types, as {@code CloudwatchLogsExportConfiguration} says. */
  static XmlList logExports(Params configuration, Object current) {
    TreeSet<String> types = new TreeSet<>();
    if (current instanceof XmlList list) {
      list.values().forEach(type -> types.add(type.toString()));
    }
    types.addAll(configuration.texts("EnableLogTypes"));
    configuration.texts("DisableLogTypes").forEach(types::remove);
    return new XmlList("member", List.copyOf(types));
  }

  private static void check(Map<String, Object> set) {
    if (set.get("BackupRetentionPeriod") instanceof Integer days && (days < 0 || days > 35)) {
      throw AwsError.badRequest(
          "InvalidParameterValue",
          "Invalid backup retention period: " + days + ". Must be 0 to 35");
    }
    if (set.get("MonitoringInterval") instanceof Integer seconds) {
      if (!List.of(0, 1, 5, 10, 15, 30, 60).contains(seconds)) {
        throw AwsError.badRequest("InvalidParameterValue", "Invalid MonitoringInterval " + seconds);
      }
      if (seconds > 0 && !set.containsKey("MonitoringRoleArn")) {
        throw AwsError.badRequest(
            "InvalidParameterCombination",
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval other than"
                + " 0.");
      }
    }
    if (List.of("io1", "io2").contains(set.getOrDefault("StorageType", ""))
        && !set.containsKey("Iops")) {
      throw AwsError.badRequest(
          "InvalidParameterCombination", "You must specify iops for storage type io1 and io2.");
    }
  }
}
