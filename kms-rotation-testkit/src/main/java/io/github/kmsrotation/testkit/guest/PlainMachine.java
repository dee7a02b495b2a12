package io.github.kmsrotation.testkit.guest;

import io.github.kmsrotation.testkit.ec2.GuestInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where this machine allows no more: scripts run as the JVM's user in a directory that has a
 * directory {@code volumes/vol-...} for each volume. What they name by absolute paths is the
 * host's. What they write there is not in the volume's bytes.
 */
final class PlainMachine extends Machine {

  PlainMachine(Path directory) {
    super(directory);
  }

  private Path volumes() {
    return directory.resolve("root").resolve("volumes");
  }

  @Override
  void show(List<GuestInstance.Disk> disks) {
    try {
      for (GuestInstance.Disk disk : disks) {
        Files.createDirectories(volumes().resolve(disk.volumeId()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  List<String> prefix() {
    return List.of();
  }

  @Override
  String pathOf(Path script) {
    return script.toString();
  }

  @Override
  Path whereToRun() {
    return directory.resolve("root");
  }

  @Override
  boolean holds(String volumeId) {
    return false;
  }

  @Override
  void detached(String volumeId) {}

  @Override
  void off() {}
}
