package io.github.kmsrotation.ebs;

import java.util.Objects;

/**
 * A volume that is attached to an instance.
 *
 * @param instanceId the instance
 * @param volumeId the volume; after the swap, the new one
 * @param device the device name by which EC2 attaches it, for example {@code /dev/sdf}; the
 *     operating system may call it otherwise
 */
public record AttachedVolume(String instanceId, String volumeId, String device) {

  /** Checks for null. */
  public AttachedVolume {
    Objects.requireNonNull(instanceId, "instanceId");
    Objects.requireNonNull(volumeId, "volumeId");
    Objects.requireNonNull(device, "device");
  }
}
