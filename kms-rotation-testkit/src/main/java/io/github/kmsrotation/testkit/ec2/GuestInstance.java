package io.github.kmsrotation.testkit.ec2;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What the operating system of an instance knows of it.
 *
 * @param id the instance
 * @param region its Region
 * @param isRunning whether it runs
 * @param launchedAt when it was last started
 * @param isNitro whether its volumes are NVMe devices; otherwise they are Xen's
 * @param hasProfile whether it has an instance profile, and so credentials
 */
public record GuestInstance(
    String id,
    String region,
    boolean isRunning,
    Instant launchedAt,
    boolean isNitro,
    boolean hasProfile) {

  /**
   * A volume that is attached.
   *
   * @param volumeId the volume
   * @param device the device name by which EC2 attaches it
   * @param file the bytes, in the volume's size
   */
  public record Disk(String volumeId, String device, Path file) {}
}
