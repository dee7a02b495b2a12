package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A volume's state. Used under the embedded AWS's lock. */
final class Volume extends Ec2Resource {

  final String zone;
  final Encryption encryption;
  final BlockData data;
  final List<Attachment> attachments = new ArrayList<>();
  final Set<String> productCodes = new LinkedHashSet<>();
  final List<VolumeModification> modifications = new ArrayList<>();
  VolumeSettings settings;
  String status = "creating";
  boolean autoEnableIo;
  boolean fastRestored;

  /** Whether the next task that is to make it a root volume fails with the former detached. */
  boolean failsRootTask;

  Optional<String> snapshotId = Optional.empty();
  Optional<String> sourceVolumeId = Optional.empty();
  Optional<String> outpostArn = Optional.empty();
  Optional<Integer> initializationRate = Optional.empty();
  Optional<Initialization> initialization = Optional.empty();
  Instant lastSnapshotAt = Instant.EPOCH;

  /** How the blocks of a snapshot or of another volume get to a volume. */
  record Initialization(String type, Instant begins, Instant ends) {}

  Volume(
      String region,
      String id,
      Instant createdAt,
      String zone,
      VolumeSettings settings,
      Encryption encryption,
      BlockData data) {
    super(Kind.VOLUME, region, id, createdAt);
    this.zone = zone;
    this.settings = settings;
    this.encryption = encryption;
    this.data = data;
  }

  boolean is(String state) {
    return status.equals(state);
  }

  Optional<Attachment> attachmentTo(String instanceId) {
    return attachments.stream().filter(a -> a.instanceId.equals(instanceId)).findFirst();
  }

  XmlList productCodeSet() {
    return Ec2Rules.items(
        productCodes.stream()
            .map(code -> Map.of("productCode", code, "type", "marketplace"))
            .toList());
  }

  /**
   * What {@code CreateVolume} tells, which is a little less than what {@code DescribeVolumes} does.
   */
  Map<String, Object> xmlOfCreation() {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("volumeId", id);
    xml.put("size", settings.sizeGib());
    xml.put("snapshotId", snapshotId.orElse(""));
    sourceVolumeId.ifPresent(source -> xml.put("sourceVolumeId", source));
    xml.put("availabilityZone", zone);
    xml.put("availabilityZoneId", Zones.id(zone));
    outpostArn.ifPresent(arn -> xml.put("outpostArn", arn));
    xml.put("status", status);
    xml.put("createTime", createdAt.toString());
    xml.put("tagSet", tagSet());
    xml.put("volumeType", settings.type().wire);
    settings.iops().ifPresent(iops -> xml.put("iops", iops));
    settings.throughput().ifPresent(throughput -> xml.put("throughput", throughput));
    xml.put("multiAttachEnabled", settings.multiAttach());
    initializationRate.ifPresent(rate -> xml.put("volumeInitializationRate", rate));
    encryption.tell(xml);
    return xml;
  }

  @Override
  Map<String, Object> xml() {
    Map<String, Object> xml = xmlOfCreation();
    xml.put("attachmentSet", Ec2Rules.items(attachments.stream().map(Attachment::xml).toList()));
    xml.put("operator", operator());
    if (fastRestored) {
      xml.put("fastRestored", true);
    }
    return xml;
  }
}
