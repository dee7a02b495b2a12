package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.VolumeMaker.Wish;
import java.util.List;
import java.util.Map;

/** What {@code RunInstances} asks for, checked. */
record LaunchWish(
    Image image,
    InstanceType type,
    String zone,
    int count,
    List<Disk> disks,
    Map<String, String> tags) {

  /** A volume to make, where to attach it, and whether it goes with the instance. */
  record Disk(String device, Wish wish, boolean deleteOnTermination) {}
}
