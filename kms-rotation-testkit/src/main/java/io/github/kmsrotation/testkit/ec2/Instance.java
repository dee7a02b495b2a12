package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An instance's state. Used under the embedded AWS's lock. */
final class Instance extends Ec2Resource {

  final String reservationId;
  final Image image;
  final String zone;
  final String rootDeviceName;

  /** Settings that are told as they were given. */
  final Map<String, Object> settings = new LinkedHashMap<>();

  /** The root volumes that it had: snapshots of them may replace its root volume. */
  final Set<String> rootVolumeIds = new HashSet<>();

  InstanceType type;
  InstanceState state = InstanceState.PENDING;
  Instant launchedAt;
  boolean disableApiTermination;
  boolean disableApiStop;
  boolean ebsOptimized;
  boolean sourceDestCheck = true;
  String cpuCredits = "unlimited";

  /** Its network interfaces as they are told, the primary one first. */
  final List<Map<String, Object>> interfaces = new ArrayList<>();

  String shutdownBehavior = "stop";
  Optional<String> userData = Optional.empty();
  Optional<String> clientToken = Optional.empty();
  Optional<Map<String, Object>> stateReason = Optional.empty();

  Instance(
      String region,
      String id,
      Instant createdAt,
      String reservationId,
      Image image,
      String zone,
      InstanceType type) {
    super(Kind.INSTANCE, region, id, createdAt);
    this.reservationId = reservationId;
    this.image = image;
    this.zone = zone;
    this.type = type;
    this.rootDeviceName = image.rootDeviceName;
    this.launchedAt = createdAt;
  }

  boolean is(InstanceState asked) {
    return state == asked;
  }

  boolean hasEbsRoot() {
    return image.isEbsBacked();
  }

  void failed(String code, String message) {
    stateReason = Optional.of(Map.of("code", code, "message", message));
  }

  @Override
  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>(settings);
    xml.put("instanceId", id);
    xml.put("imageId", image.id);
    xml.put("instanceState", state.xml());
    xml.put("instanceType", type.wire);
    xml.put("architecture", image.architecture);
    xml.put("launchTime", launchedAt.toString());
    xml.putIfAbsent("placement", Map.of("availabilityZone", zone, "tenancy", "default"));
    xml.put("rootDeviceName", rootDeviceName);
    xml.put("rootDeviceType", image.isEbsBacked() ? "ebs" : "instance-store");
    xml.put("virtualizationType", "hvm");
    xml.put("hypervisor", "xen");
    xml.put("enaSupport", type.isNitro);
    xml.put("ebsOptimized", ebsOptimized);
    xml.put("clientToken", clientToken.orElse(""));
    xml.put("amiLaunchIndex", 0);
    xml.put("sourceDestCheck", sourceDestCheck);
    xml.put("networkInterfaceSet", Ec2Rules.items(toldInterfaces()));
    xml.put("tagSet", tagSet());
    xml.put("operator", operator());
    interfaces.stream()
        .limit(1)
        .flatMap(primary -> Optional.ofNullable(primary.get("association")).stream())
        .filter(Map.class::isInstance)
        .map(Map.class::cast)
        .forEach(association -> xml.put("ipAddress", String.valueOf(association.get("publicIp"))));
    stateReason.ifPresent(reason -> xml.put("stateReason", reason));
    return xml;
  }

  private List<Map<String, Object>> toldInterfaces() {
    List<Map<String, Object>> told = new ArrayList<>();
    for (Map<String, Object> one : interfaces) {
      Map<String, Object> copy = new LinkedHashMap<>(one);
      copy.put("sourceDestCheck", sourceDestCheck);
      told.add(copy);
    }
    return told;
  }

  /** With the volumes that are attached to it. */
  Map<String, Object> xml(List<Volume> attached) {
    Map<String, Object> xml = xml();
    xml.put("blockDeviceMapping", blockDeviceMapping(attached));
    xml.put(
        "productCodes",
        Ec2Rules.items(
            attached.stream()
                .flatMap(v -> v.productCodeSet().values().stream())
                .distinct()
                .toList()));
    return xml;
  }

  XmlList blockDeviceMapping(List<Volume> attached) {
    return Ec2Rules.items(
        attached.stream()
            .flatMap(volume -> volume.attachmentTo(id).stream())
            .filter(attachment -> !attachment.status.equals("detached"))
            .map(Instance::mapping)
            .toList());
  }

  private static Map<String, Object> mapping(Attachment attachment) {
    Map<String, Object> ebs = new LinkedHashMap<>();
    ebs.put("volumeId", attachment.volumeId);
    ebs.put("status", attachment.status);
    ebs.put("attachTime", attachment.attachedAt.toString());
    ebs.put("deleteOnTermination", attachment.deleteOnTermination);
    return Map.of("deviceName", attachment.device, "ebs", ebs);
  }
}
