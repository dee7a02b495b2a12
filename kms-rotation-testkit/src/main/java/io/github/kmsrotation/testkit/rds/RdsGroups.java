package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All DB subnet groups, DB parameter groups and option groups, and who may use which. */
final class RdsGroups {

  private final Map<String, Map<String, DbGroup>> byRegion = new TreeMap<>();

  /** Every Region has the default groups of RDS. */
  private Map<String, DbGroup> in(String region) {
    return byRegion.computeIfAbsent(
        region,
        r -> {
          Map<String, DbGroup> groups = new TreeMap<>();
          DbGroup subnets = new DbGroup(GroupKind.SUBNET, region, "default");
          fillSubnetGroup(
              subnets, "default", List.of("subnet-0000000a", "subnet-0000000b", "subnet-0000000c"));
          put(groups, subnets);
          EngineVersion.all().forEach(version -> putDefaults(groups, region, version));
          return groups;
        });
  }

  private static void putDefaults(
      Map<String, DbGroup> groups, String region, EngineVersion version) {
    DbGroup parameters = new DbGroup(GroupKind.PARAMETER, region, version.defaultParameterGroup());
    fillParameterGroup(parameters, version, "Default parameter group for " + version.family());
    put(groups, parameters);
    DbGroup options = new DbGroup(GroupKind.OPTION, region, version.defaultOptionGroup());
    fillOptionGroup(
        options, version, "Default option group for " + version.engine() + " " + version.major());
    put(groups, options);
  }

  /** In the availability zones a, b, c and so on, in this order, since there is no EC2 to ask. */
  static void fillSubnetGroup(DbGroup group, String description, List<String> subnetIds) {
    List<Map<String, Object>> subnets = new ArrayList<>();
    for (String id : subnetIds) {
      char zone = (char) ('a' + subnets.size() % 3);
      subnets.add(
          Map.of(
              "SubnetIdentifier",
              id,
              "SubnetAvailabilityZone",
              Map.of("Name", group.region + zone),
              "SubnetStatus",
              "Active"));
    }
    group.attributes.put("DBSubnetGroupDescription", description);
    group.attributes.put("VpcId", "vpc-00000000");
    group.attributes.put("SubnetGroupStatus", "Complete");
    group.attributes.put("Subnets", new XmlList("Subnet", subnets));
  }

  static void fillParameterGroup(DbGroup group, EngineVersion version, String description) {
    group.attributes.put("DBParameterGroupFamily", version.family());
    group.attributes.put("Description", description);
  }

  static void fillOptionGroup(DbGroup group, EngineVersion version, String description) {
    group.attributes.put("EngineName", version.engine());
    group.attributes.put("MajorEngineVersion", version.major());
    group.attributes.put("OptionGroupDescription", description);
    group.attributes.put("Options", new XmlList("Option", List.of()));
    group.attributes.put("AllowsVpcAndNonVpcInstanceMemberships", true);
  }

  private static void put(Map<String, DbGroup> groups, DbGroup group) {
    groups.put(key(group.kind, group.name), group);
  }

  private static String key(GroupKind kind, String name) {
    return kind + "/" + RdsStore.lower(name);
  }

  List<DbGroup> all(GroupKind kind, String region) {
    return in(region).values().stream().filter(group -> group.kind == kind).toList();
  }

  boolean isTaken(GroupKind kind, String region, String name) {
    return in(region).containsKey(key(kind, name));
  }

  void add(DbGroup group) {
    put(in(group.region), group);
  }

  void remove(DbGroup group) {
    in(group.region).remove(key(group.kind, group.name));
  }

  DbGroup find(GroupKind kind, String region, String name) {
    return Optional.ofNullable(in(region).get(key(kind, name)))
        .orElseThrow(() -> new AwsError(kind.notFound, 404, kind.title + " not found: " + name));
  }

  private Optional<DbGroup> named(GroupKind kind, AwsRequest request) {
    return request
        .params()
        .text(kind.nameParameter())
        .map(name -> find(kind, request.region(), name));
  }

  /**
   * Refuses groups that are not there or are for another version.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html">CreateDBParameterGroup:
   *     a group is for one family</a>
   */
  void check(AwsRequest request, EngineVersion version) {
    named(GroupKind.SUBNET, request);
    named(GroupKind.PARAMETER, request)
        .map(group -> group.text("DBParameterGroupFamily"))
        .filter(family -> !family.equals(version.family()))
        .ifPresent(
            family -> {
              throw AwsError.badRequest(
                  "InvalidParameterCombination",
                  "A DB parameter group of family "
                      + family
                      + " cannot be used for this DB instance, whose family is "
                      + version.family()
                      + ".");
            });
    named(GroupKind.OPTION, request)
        .map(group -> new EngineVersion(group.text("EngineName"), group.text("MajorEngineVersion")))
        .filter(other -> !other.equals(version))
        .ifPresent(
            other -> {
              throw AwsError.badRequest(
                  "InvalidParameterCombination",
                  "An option group for " + other + " cannot be used for " + version + ".");
            });
  }
}
