package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.Optional;

/** What a volume is like, checked. */
record VolumeSettings(
    VolumeType type,
    int sizeGib,
    Optional<Integer> iops,
    Optional<Integer> throughput,
    boolean multiAttach) {

  private static final int LEAST_THROUGHPUT = 125;
  private static final int MOST_THROUGHPUT = 2000;
  private static final int IOPS_PER_THROUGHPUT = 4;

  /**
   * Reads them.
   *
   * @param params of a call, or of the {@code Ebs} of a block device mapping
   * @param usualType the type if none is asked for
   * @param source what a new volume is made from
   */
  static VolumeSettings of(Params params, VolumeType usualType, Optional<Snapshot> source) {
    VolumeType type = params.text("VolumeType").map(VolumeType::of).orElse(usualType);
    int size = size(params, source);
    return checked(
        type,
        size,
        params.number("Iops"),
        params.number("Throughput"),
        params.truth("MultiAttachEnabled").orElse(false));
  }

  private static int size(Params params, Optional<Snapshot> source) {
    String name = params.has("VolumeSize") ? "VolumeSize" : "Size";
    Optional<Integer> asked = params.number(name);
    if (source.isPresent()) {
      int least = source.get().sizeGib;
      if (asked.isPresent() && asked.get() < least) {
        throw Ec2Rules.invalidValue(
            "Volume of size %dGB is smaller than snapshot '%s', expect size >= %dGB"
                .formatted(asked.get(), source.get().id, least));
      }
      return asked.orElse(least);
    }
    return asked.orElseThrow(
        () ->
            AwsError.badRequest(
                "MissingParameter", "The request must contain the parameter size/snapshot"));
  }

  static VolumeSettings checked(
      VolumeType type,
      int size,
      Optional<Integer> iops,
      Optional<Integer> throughput,
      boolean multiAttach) {
    if (size < type.leastGib || size > type.mostGib) {
      throw Ec2Rules.invalidValue(
          "Volume size %d GiB is invalid for %s: it is %d to %d GiB."
              .formatted(size, type.wire, type.leastGib, type.mostGib));
    }
    if (multiAttach && !type.isProvisioned()) {
      throw Ec2Rules.invalidCombination("Multi-Attach is supported for io1 and io2 volumes only.");
    }
    Optional<Integer> settledIops = settledIops(type, size, iops);
    return new VolumeSettings(
        type, size, settledIops, settledThroughput(type, settledIops, throughput), multiAttach);
  }

  private static Optional<Integer> settledIops(VolumeType type, int size, Optional<Integer> asked) {
    if (!type.takesIops()) {
      if (asked.isPresent()) {
        throw Ec2Rules.invalidCombination(
            "The parameter iops is not supported for " + type.wire + " volumes.");
      }
      return type == VolumeType.GP2
          ? Optional.of(Math.max(100, Math.min(16_000, 3 * size)))
          : Optional.empty();
    }
    if (asked.isEmpty()) {
      if (type.isProvisioned()) {
        throw Ec2Rules.invalidCombination(
            "The parameter iops must be specified for " + type.wire + " volumes.");
      }
      return Optional.of(type.leastIops);
    }
    int iops = asked.get();
    if (iops < type.leastIops || iops > type.mostIops) {
      throw Ec2Rules.invalidValue(
          "Volume iops of %d is invalid for %s: it is %d to %d."
              .formatted(iops, type.wire, type.leastIops, type.mostIops));
    }
    if (iops > type.leastIops && iops > (long) size * type.mostIopsPerGib) {
      throw Ec2Rules.invalidCombination(
          "Iops to volume size ratio of %d/%d is too high; maximum is %d iops per GiB."
              .formatted(iops, size, type.mostIopsPerGib));
    }
    return asked;
  }

  private static Optional<Integer> settledThroughput(
      VolumeType type, Optional<Integer> iops, Optional<Integer> asked) {
    if (type != VolumeType.GP3) {
      if (asked.isPresent()) {
        throw Ec2Rules.invalidCombination(
            "The parameter throughput is not supported for " + type.wire + " volumes.");
      }
      return Optional.empty();
    }
    int throughput = asked.orElse(LEAST_THROUGHPUT);
    if (throughput < LEAST_THROUGHPUT || throughput > MOST_THROUGHPUT) {
      throw Ec2Rules.invalidValue(
          "Throughput of %d MiB/s is invalid; it is 125 to 2000.".formatted(throughput));
    }
    if ((long) throughput * IOPS_PER_THROUGHPUT > iops.orElse(0)) {
      throw Ec2Rules.invalidCombination(
          "Throughput (MiBps) to iops ratio of %d/%d is too high; maximum is 0.25 MiBps per iops."
              .formatted(throughput, iops.orElse(0)));
    }
    return Optional.of(throughput);
  }
}
