package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a version of a launch template says, by the names of parameters. */
final class LaunchTemplateData {

  private static final Set<String> TAKEN =
      Set.of(
          "ImageId",
          "InstanceType",
          "KeyName",
          "UserData",
          "EbsOptimized",
          "DisableApiTermination",
          "DisableApiStop",
          "InstanceInitiatedShutdownBehavior",
          "IamInstanceProfile",
          "MetadataOptions",
          "Monitoring",
          "Placement",
          "CpuOptions",
          "CreditSpecification",
          "HibernationOptions",
          "EnclaveOptions",
          "MaintenanceOptions",
          "PrivateDnsNameOptions",
          "CapacityReservationSpecification",
          "BlockDeviceMapping",
          "TagSpecification",
          "SecurityGroupId",
          "SecurityGroup");

  private static final Set<String> LISTS =
      Set.of("BlockDeviceMapping", "TagSpecification", "SecurityGroupId", "SecurityGroup", "Tag");

  private LaunchTemplateData() {}

  static Map<String, Object> read(Params params) {
    Params data =
        params
            .structure("LaunchTemplateData")
            .orElseThrow(
                () ->
                    AwsError.badRequest(
                        "MissingParameter",
                        "The request must contain the parameter LaunchTemplateData"));
    for (String name : data.names()) {
      if (!TAKEN.contains(name)) {
        throw AwsError.notModelled("LaunchTemplateData." + name);
      }
    }
    return data.allBut("");
  }

  /** Snapshots of the block device mapping are not inherited, as AWS says. */
  static Map<String, Object> inherited(Map<String, Object> source) {
    Map<String, Object> inherited = new LinkedHashMap<>(source);
    if (source.get("BlockDeviceMapping") instanceof List<?> mappings) {
      inherited.put(
          "BlockDeviceMapping",
          mappings.stream().map(LaunchTemplateData::withoutSnapshot).toList());
    }
    return inherited;
  }

  private static Object withoutSnapshot(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    Map<String, Object> without = new LinkedHashMap<>();
    map.forEach(
        (name, item) -> {
          if (!name.equals("SnapshotId")) {
            without.put(name.toString(), withoutSnapshot(item));
          }
        });
    return without;
  }

  /** A version's data with a call's parameters put over it, block devices one by one. */
  static Map<String, Object> under(Map<String, Object> data, Map<String, Object> call) {
    Map<String, Object> all = new LinkedHashMap<>(data);
    all.putAll(call);
    Object mappings = data.get("BlockDeviceMapping");
    Object over = call.get("BlockDeviceMapping");
    if (mappings instanceof List<?> base && over instanceof List<?> more) {
      all.put("BlockDeviceMapping", merged(base, more));
    }
    return all;
  }

  private static List<Object> merged(List<?> base, List<?> over) {
    Map<Object, Object> byDevice = new LinkedHashMap<>();
    base.forEach(mapping -> byDevice.put(device(mapping), mapping));
    over.forEach(
        mapping ->
            byDevice.merge(
                device(mapping),
                mapping,
                (one, other) ->
                    one instanceof Map<?, ?> a && other instanceof Map<?, ?> b
                        ? overlaid(a, b)
                        : other));
    return List.copyOf(byDevice.values());
  }

  private static Object device(Object mapping) {
    return mapping instanceof Map<?, ?> map ? String.valueOf(map.get("DeviceName")) : mapping;
  }

  private static Map<String, Object> overlaid(Map<?, ?> base, Map<?, ?> over) {
    Map<String, Object> all = new LinkedHashMap<>();
    base.forEach((name, value) -> all.put(name.toString(), value));
    over.forEach(
        (name, value) ->
            all.merge(
                name.toString(),
                value,
                (one, other) ->
                    one instanceof Map<?, ?> a && other instanceof Map<?, ?> b
                        ? overlaid(a, b)
                        : other));
    return all;
  }

  /** Answers call lists sets. */
  static Map<String, Object> xml(Map<?, ?> data) {
    Map<String, Object> xml = new LinkedHashMap<>();
    data.forEach(
        (name, value) -> {
          String told = Ec2Rules.lowerFirst(name.toString());
          xml.put(LISTS.contains(name) ? told + "Set" : told, value(value));
        });
    return xml;
  }

  private static Object value(Object value) {
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      list.forEach(item -> items.add(value(item)));
      return Ec2Rules.items(items);
    }
    return value instanceof Map<?, ?> map ? xml(map) : value;
  }
}
