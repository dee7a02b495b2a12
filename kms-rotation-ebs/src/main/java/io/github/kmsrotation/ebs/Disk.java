package io.github.kmsrotation.ebs;

import java.util.Optional;

/**
 * A volume that is to be rotated, as planning found it.
 *
 * @param volumeId the original
 * @param device where it is attached; empty if it is not
 * @param deletedOnTermination whether it goes with its instance
 */
record Disk(String volumeId, Optional<String> device, boolean deletedOnTermination) {

  /** For people. */
  String name() {
    return device.map(at -> volumeId + " (" + at + ")").orElse(volumeId);
  }

  String stored() {
    return device.map(at -> volumeId + " " + at + " " + deletedOnTermination).orElse(volumeId);
  }

  static Disk read(String stored) {
    String[] parts = stored.split(" ", -1);
    if (parts.length == 1) {
      return new Disk(parts[0], Optional.empty(), false);
    }
    if (parts.length != 3 || !(parts[2].equals("true") || parts[2].equals("false"))) {
      throw new IllegalArgumentException("Not a volume of a plan: '" + stored + "'");
    }
    return new Disk(parts[0], Optional.of(parts[1]), parts[2].equals("true"));
  }
}
