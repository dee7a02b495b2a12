package io.github.kmsrotation.testkit.ec2;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An AMI's state. Used under the embedded AWS's lock. */
final class Image extends Ec2Resource {

  final String ownerId;
  final String name;
  final String architecture;
  final String rootDeviceName;
  final List<BlockMapping> mappings;

  /** Settings that are told as they were given. */
  final Map<String, Object> settings = new LinkedHashMap<>();

  /** Who may launch it, besides its owner. */
  final Set<Map<String, String>> permissions = new LinkedHashSet<>();

  Optional<String> deprecationTime = Optional.empty();
  Optional<String> uefiData = Optional.empty();
  String description = "";
  String state = "available";
  boolean isPublic;
  Optional<String> sourceImageId = Optional.empty();
  Optional<String> sourceRegion = Optional.empty();
  Optional<Map<String, Object>> stateReason = Optional.empty();

  Image(
      String region,
      String id,
      Instant createdAt,
      String ownerId,
      String name,
      String architecture,
      String rootDeviceName,
      List<BlockMapping> mappings) {
    super(Kind.IMAGE, region, id, createdAt);
    this.ownerId = ownerId;
    this.name = name;
    this.architecture = architecture;
    this.rootDeviceName = rootDeviceName;
    this.mappings = mappings;
  }

  boolean is(String asked) {
    return state.equals(asked);
  }

  boolean isEbsBacked() {
    return !mappings.isEmpty();
  }

  List<String> snapshotIds() {
    return mappings.stream().flatMap(mapping -> mapping.snapshotId().stream()).toList();
  }

  boolean uses(String snapshotId) {
    return snapshotIds().contains(snapshotId);
  }

  Optional<String> rootSnapshotId() {
    return mappings.stream()
        .filter(mapping -> mapping.device().equals(rootDeviceName))
        .findFirst()
        .flatMap(BlockMapping::snapshotId);
  }

  @Override
  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>(settings);
    xml.put("imageId", id);
    xml.put("imageLocation", ownerId + "/" + name);
    xml.put("imageState", state);
    xml.put("imageOwnerId", ownerId);
    xml.put("creationDate", createdAt.toString());
    xml.put("isPublic", isPublic);
    xml.put("architecture", architecture);
    xml.put("imageType", "machine");
    xml.put("name", name);
    xml.put("description", description);
    xml.put("rootDeviceType", isEbsBacked() ? "ebs" : "instance-store");
    xml.put("rootDeviceName", rootDeviceName);
    xml.put("blockDeviceMapping", Ec2Rules.items(mappings.stream().map(Image::mapping).toList()));
    xml.put("virtualizationType", "hvm");
    xml.put("hypervisor", "xen");
    xml.put("enaSupport", true);
    xml.put("platformDetails", "Linux/UNIX");
    xml.put("tagSet", tagSet());
    deprecationTime.ifPresent(at -> xml.put("deprecationTime", at));
    sourceImageId.ifPresent(id -> xml.put("sourceImageId", id));
    sourceRegion.ifPresent(region -> xml.put("sourceImageRegion", region));
    stateReason.ifPresent(reason -> xml.put("stateReason", reason));
    return xml;
  }

  static Map<String, Object> mapping(BlockMapping mapping) {
    return Map.of("deviceName", mapping.device(), "ebs", Ec2Rules.mirrored(mapping.params()));
  }
}
