package io.github.kmsrotation.testkit.ec2;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** That a volume is attached to an instance, or is about to be, or not to be. */
final class Attachment {

  final String volumeId;
  final String instanceId;
  final String device;
  final Instant attachedAt;
  boolean deleteOnTermination;
  String status = "attaching";

  /** By which the instance may use the volume's key. */
  Optional<String> grantId = Optional.empty();

  Attachment(
      String volumeId,
      String instanceId,
      String device,
      boolean deleteOnTermination,
      Instant attachedAt) {
    this.volumeId = volumeId;
    this.instanceId = instanceId;
    this.device = device;
    this.deleteOnTermination = deleteOnTermination;
    this.attachedAt = attachedAt;
  }

  boolean isAttached() {
    return status.equals("attached");
  }

  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("volumeId", volumeId);
    xml.put("instanceId", instanceId);
    xml.put("device", device);
    xml.put("status", status);
    xml.put("attachTime", attachedAt.toString());
    xml.put("deleteOnTermination", deleteOnTermination);
    return xml;
  }
}
