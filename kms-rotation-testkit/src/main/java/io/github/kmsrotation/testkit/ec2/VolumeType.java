package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;

/**
 * The types of volumes and their ranges.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html">CreateVolume</a>
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html">Volume
 *     types</a>
 */
enum VolumeType {
  STANDARD("standard", 1, 1024, 0, 0, 0),
  IO1("io1", 4, 16_384, 100, 64_000, 50),
  IO2("io2", 4, 65_536, 100, 256_000, 1000),
  GP2("gp2", 1, 16_384, 0, 0, 0),
  SC1("sc1", 125, 16_384, 0, 0, 0),
  ST1("st1", 125, 16_384, 0, 0, 0),
  GP3("gp3", 1, 65_536, 3000, 80_000, 500);

  final String wire;
  final int leastGib;
  final int mostGib;
  final int leastIops;
  final int mostIops;
  final int mostIopsPerGib;

  VolumeType(
      String wire, int leastGib, int mostGib, int leastIops, int mostIops, int mostIopsPerGib) {
    this.wire = wire;
    this.leastGib = leastGib;
    this.mostGib = mostGib;
    this.leastIops = leastIops;
    this.mostIops = mostIops;
    this.mostIopsPerGib = mostIopsPerGib;
  }

  static VolumeType of(String wire) {
    for (VolumeType type : values()) {
      if (type.wire.equals(wire)) {
        return type;
      }
    }
    throw AwsError.badRequest("UnknownVolumeType", "Unknown volume type " + wire);
  }

  boolean takesIops() {
    return mostIops > 0;
  }

  /** io1 and io2: IOPS have to be said, and the volume may have several instances. */
  boolean isProvisioned() {
    return this == IO1 || this == IO2;
  }

  /** Magnetic and HDD volumes that take one snapshot at a time, and are no root volumes. */
  boolean isHdd() {
    return this == ST1 || this == SC1;
  }
}
