package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.SentOnce;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.AttachVolumeRequest;

/**
 * A volume that is to be rotated, as planning found it.
 *
 * @param volumeId the original
 * @param device where it is attached; empty if it is not
 * @param deletedOnTermination whether it goes with its instance
 * @param card the index of the EBS card that it is attached by; empty for the default one, 0
 */
record Disk(
    String volumeId,
    Optional<String> device,
    boolean deletedOnTermination,
    Optional<Integer> card) {

  /** For people. */
  String name() {
    return device.map(at -> volumeId + " (" + at + ")").orElse(volumeId);
  }

  /** The request that attaches a volume as this one is, at a device; sent once. */
  AttachVolumeRequest attaching(String id, String instanceId, String at) {
    AttachVolumeRequest.Builder request =
        AttachVolumeRequest.builder()
            .volumeId(id)
            .instanceId(instanceId)
            .device(at)
            .overrideConfiguration(SentOnce.override());
    card.ifPresent(request::ebsCardIndex);
    return request.build();
  }

  String stored() {
    return device
        .map(at -> volumeId + " " + at + " " + deletedOnTermination)
        .map(attached -> card.map(index -> attached + " " + index).orElse(attached))
        .orElse(volumeId);
  }

  static Disk read(String stored) {
    String[] parts = stored.split(" ", -1);
    if (parts.length == 1) {
      return new Disk(parts[0], Optional.empty(), false, Optional.empty());
    }
    boolean isKnown =
        (parts.length == 3 || (parts.length == 4 && parts[3].matches("[1-9]\\d?")))
            && (parts[2].equals("true") || parts[2].equals("false"));
    if (!isKnown) {
      throw new IllegalArgumentException("Not a volume of a plan: '" + stored + "'");
    }
    return new Disk(
        parts[0],
        Optional.of(parts[1]),
        parts[2].equals("true"),
        parts.length == 4 ? Optional.of(Integer.valueOf(parts[3])) : Optional.empty());
  }
}
