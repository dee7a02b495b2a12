package io.github.kmsrotation.testkit.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether this machine can give an instance mounts, devices and processes of its own. That takes
 * Linux, root, namespaces and loop devices; a container has seldom all of them. Tried once.
 */
final class Capability {

  /** Why it cannot; empty if it can. */
  static final Optional<String> OBSTACLE = find();

  private Capability() {}

  private static Optional<String> find() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return Optional.of("this is not Linux");
    }
    if (!Shell.output(List.of("id", "-u")).equals(Optional.of("0"))) {
      return Optional.of("this process is not root's");
    }
    for (String tool : List.of("unshare", "nsenter", "losetup", "pivot_root", "blkid")) {
      if (Shell.output(List.of("sh", "-c", "command -v " + tool)).isEmpty()) {
        return Optional.of("there is no " + tool);
      }
    }
    if (Shell.output(List.of("unshare", "-mpf", "mount", "-t", "tmpfs", "none", "/mnt"))
        .isEmpty()) {
      return Optional.of("namespaces and mounts are not allowed");
    }
    return loopDevices() ? Optional.empty() : Optional.of("loop devices are not allowed");
  }

  private static boolean loopDevices() {
    try {
      Path file = Files.createTempFile("embedded-aws-loop", "");
      Files.write(file, new byte[1 << 20]);
      Optional<String> device =
          Shell.output(List.of("losetup", "--find", "--show", file.toString()));
      device.ifPresent(d -> Shell.output(List.of("losetup", "--detach", d)));
      Files.delete(file);
      return device.isPresent();
    } catch (IOException e) {
      return false;
    }
  }
}
