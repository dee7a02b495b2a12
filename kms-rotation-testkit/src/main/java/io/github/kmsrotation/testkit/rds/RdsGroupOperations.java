package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Creating, describing and deleting DB subnet groups, DB parameter groups and option groups. */
final class RdsGroupOperations {

  private static final String NAME = "[A-Za-z](-?[A-Za-z0-9])*";
  private static final String SUBNET_GROUP_NAME = "[A-Za-z][A-Za-z0-9._ -]*";
  private static final int FEWEST_SUBNETS = 2;
  private static final int MOST_SUBNETS = 20;

  private final RdsStore store;
  private final RdsGroups groups;

  RdsGroupOperations(RdsStore store) {
    this.store = store;
    this.groups = store.groups;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateDBSubnetGroup",
        Operation.write(
            this::createSubnetGroup,
            "DBSubnetGroupName",
            "DBSubnetGroupDescription",
            "SubnetIds",
            "Tags"));
    operations.put(
        "CreateDBParameterGroup",
        Operation.write(
            this::createParameterGroup,
            "DBParameterGroupName",
            "DBParameterGroupFamily",
            "Description",
            "Tags"));
    operations.put(
        "CreateOptionGroup",
        Operation.write(
            this::createOptionGroup,
            "OptionGroupName",
            "EngineName",
            "MajorEngineVersion",
            "OptionGroupDescription",
            "Tags"));
    operations.put("DescribeDBSubnetGroups", describe(GroupKind.SUBNET, "DBSubnetGroups"));
    operations.put("DescribeDBParameterGroups", describe(GroupKind.PARAMETER, "DBParameterGroups"));
    operations.put("DescribeOptionGroups", describe(GroupKind.OPTION, "OptionGroupsList"));
    operations.put("DeleteDBSubnetGroup", delete(GroupKind.SUBNET));
    operations.put("DeleteDBParameterGroup", delete(GroupKind.PARAMETER));
    operations.put("DeleteOptionGroup", delete(GroupKind.OPTION));
  }

  private Map<String, Object> createSubnetGroup(AwsRequest request) {
    String description = request.params().required("DBSubnetGroupDescription");
    List<String> subnets = request.params().texts("SubnetIds");
    for (String id : subnets) {
      if (!id.matches("subnet-[0-9a-f]{8,17}")) {
        throw AwsError.badRequest("InvalidSubnet", "Invalid subnet: " + id);
      }
    }
    if (subnets.stream().distinct().count() < FEWEST_SUBNETS) {
      throw AwsError.badRequest(
          "DBSubnetGroupDoesNotCoverEnoughAZs",
          "A DB subnet group has subnets in at least two Availability Zones.");
    }
    if (subnets.size() > MOST_SUBNETS) {
      throw AwsError.badRequest(
          "DBSubnetQuotaExceededFault", "A DB subnet group has at most 20 subnets.");
    }
    return create(
        GroupKind.SUBNET,
        request,
        SUBNET_GROUP_NAME,
        group -> RdsGroups.fillSubnetGroup(group, description, subnets));
  }

  private Map<String, Object> createParameterGroup(AwsRequest request) {
    String description = request.params().required("Description");
    String family = request.params().required("DBParameterGroupFamily");
    EngineVersion version =
        EngineVersion.all()
            .filter(known -> known.family().equals(family))
            .findFirst()
            .orElseThrow(
                () ->
                    AwsError.badRequest(
                        "InvalidParameterValue",
                        "ParameterGroupFamily "
                            + family
                            + " is not a valid parameter group family"));
    return create(
        GroupKind.PARAMETER,
        request,
        NAME,
        group -> RdsGroups.fillParameterGroup(group, version, description));
  }

  private Map<String, Object> createOptionGroup(AwsRequest request) {
    Params params = request.params();
    String description = params.required("OptionGroupDescription");
    EngineVersion version =
        new EngineVersion(params.required("EngineName"), params.required("MajorEngineVersion"));
    if (EngineVersion.all().noneMatch(version::equals)) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "Cannot find major version " + version.major() + " for " + version.engine());
    }
    return create(
        GroupKind.OPTION,
        request,
        NAME,
        group -> RdsGroups.fillOptionGroup(group, version, description));
  }

  private Map<String, Object> create(
      GroupKind kind, AwsRequest request, String pattern, Consumer<DbGroup> fill) {
    String name = RdsStore.lower(request.params().required(kind.nameParameter()));
    if (!name.matches(pattern) || name.length() > 255 || name.equals("default")) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "Not a valid name of a " + kind.title + ": " + name);
    }
    if (groups.isTaken(kind, request.region(), name)) {
      throw AwsError.badRequest(kind.alreadyExists, kind.title + " exists already: " + name);
    }
    long own =
        groups.all(kind, request.region()).stream().filter(group -> !group.isDefault()).count();
    if (own >= kind.most) {
      throw AwsError.badRequest(
          kind.tooMany, "There are at most " + kind.most + " of " + kind.title + " in a Region.");
    }
    DbGroup group = new DbGroup(kind, request.region(), name);
    fill.accept(group);
    Tags.put(group.tags, request.params());
    groups.add(group);
    return Map.of(kind.title, group.xml(store.accountId));
  }

  private Operation describe(GroupKind kind, String list) {
    return Operation.read(
        request -> {
          Optional<String> name = request.params().text(kind.nameParameter());
          List<DbGroup> found =
              name.isPresent()
                  ? List.of(groups.find(kind, request.region(), name.get()))
                  : groups.all(kind, request.region());
          List<Map<String, Object>> all = new ArrayList<>();
          found.forEach(group -> all.add(group.xml(store.accountId)));
          return RdsStore.page(request.params(), list, kind.title, all);
        },
        kind.nameParameter(),
        "MaxRecords",
        "Marker");
  }

  private Operation delete(GroupKind kind) {
    return Operation.write(
        request -> {
          DbGroup group =
              groups.find(kind, request.region(), request.params().required(kind.nameParameter()));
          if (group.isDefault()) {
            throw AwsError.badRequest(
                kind.inUse, "A default " + kind.title + " cannot be deleted: " + group.name);
          }
          if (usersOf(group).findAny().isPresent()) {
            throw AwsError.badRequest(
                kind.inUse, kind.title + " is in use and cannot be deleted: " + group.name);
          }
          groups.remove(group);
          return Map.of();
        },
        kind.nameParameter());
  }

  /** DB instances, and DB snapshots, which remember an option group. */
  private Stream<Map<String, Object>> usersOf(DbGroup group) {
    return Stream.concat(
            store.instances.values().stream()
                .filter(instance -> instance.region.equals(group.region))
                .map(instance -> instance.attributes),
            store.snapshots.values().stream()
                .filter(snapshot -> snapshot.region.equals(group.region))
                .map(snapshot -> snapshot.instanceAttributes))
        .filter(attributes -> Attributes.names(attributes, group.kind).contains(group.name));
  }
}
