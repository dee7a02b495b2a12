package io.github.kmsrotation.testkit;

import java.util.Optional;

/** What a test can see of the embedded Systems Manager without calling it, and do to it. */
public interface SsmView {

  /**
   * Why scripts on instances see a plain directory for each volume only. Where nothing is in the
   * way, they see the volumes as block devices, in a file system and with mounts of the instance's
   * own: that takes Linux, root, mount and PID namespaces, and loop devices.
   *
   * @return what is in the way on this machine; empty if nothing is
   */
  Optional<String> obstacleToDevices();

  /**
   * Has an instance's agent not answer any more.
   *
   * @param instanceId an instance
   */
  void disconnect(String instanceId);
}
