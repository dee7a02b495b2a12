package io.github.kmsrotation.testkit.ec2;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** That a volume becomes another size, type or performance. Used under the embedded AWS's lock. */
final class VolumeModification {

  final Volume volume;
  final VolumeSettings original;
  final VolumeSettings target;
  final Instant startedAt;
  String state = "modifying";
  int progress;
  Optional<Instant> endedAt = Optional.empty();

  VolumeModification(Volume volume, VolumeSettings target, Instant startedAt) {
    this.volume = volume;
    this.original = volume.settings;
    this.target = target;
    this.startedAt = startedAt;
  }

  boolean isUnderWay() {
    return endedAt.isEmpty();
  }

  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("volumeId", volume.id);
    xml.put("modificationState", state);
    tell(xml, "original", original);
    tell(xml, "target", target);
    xml.put("progress", progress);
    xml.put("startTime", startedAt.toString());
    endedAt.ifPresent(at -> xml.put("endTime", at.toString()));
    return xml;
  }

  private static void tell(Map<String, Object> xml, String prefix, VolumeSettings settings) {
    xml.put(prefix + "Size", settings.sizeGib());
    xml.put(prefix + "VolumeType", settings.type().wire);
    settings.iops().ifPresent(iops -> xml.put(prefix + "Iops", iops));
    settings.throughput().ifPresent(value -> xml.put(prefix + "Throughput", value));
    xml.put(prefix + "MultiAttachEnabled", settings.multiAttach());
  }
}
