package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.Volume.Initialization;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes volumes, whoever asks for them. */
final class VolumeMaker {

  private static final int LEAST_RATE = 100;
  private static final int MOST_RATE = 300;
  private static final long MIB = 1024 * 1024;

  private final Ec2Store store;

  /** What to make. */
  record Wish(
      String region,
      String zone,
      VolumeSettings settings,
      Encryption encryption,
      Optional<Snapshot> snapshot,
      Optional<Integer> initializationRate,
      Map<String, String> tags) {}

  VolumeMaker(Ec2Store store) {
    this.store = store;
  }

  /** What the parameters of a call, or the {@code Ebs} of a block device mapping, ask for. */
  Wish wish(String region, String zone, Params params, Map<String, String> tags) {
    Optional<Snapshot> snapshot =
        params.text("SnapshotId").filter(id -> !id.isEmpty()).map(id -> usable(region, id));
    return new Wish(
        region,
        zone,
        VolumeSettings.of(params, VolumeType.GP2, snapshot),
        store.keys.ofVolume(region, params, snapshot.map(s -> s.encryption)),
        snapshot,
        rate(params, snapshot),
        tags);
  }

  private Snapshot usable(String region, String id) {
    Snapshot snapshot = store.snapshot(region, id);
    if (!snapshot.is("completed")) {
      throw Ec2Rules.incorrectState("Snapshot is in invalid state - " + snapshot.status);
    }
    return snapshot;
  }

  static Optional<Integer> rate(Params params, Optional<Snapshot> snapshot) {
    Optional<Integer> rate = params.number("VolumeInitializationRate");
    if (rate.isPresent() && (rate.get() < LEAST_RATE || rate.get() > MOST_RATE)) {
      throw Ec2Rules.invalidValue(
          "VolumeInitializationRate is 100 to 300 MiB/s, was " + rate.get());
    }
    if (rate.isPresent() && snapshot.isEmpty()) {
      throw Ec2Rules.invalidCombination(
          "VolumeInitializationRate is supported only for volumes created from snapshots.");
    }
    return rate;
  }

  /** Holds the quota of storage, for all that a call is about to make. */
  void requireRoom(List<Wish> wishes) {
    for (VolumeType type : VolumeType.values()) {
      long asked =
          wishes.stream()
              .filter(w -> w.settings().type() == type)
              .mapToLong(w -> w.settings().sizeGib())
              .sum();
      if (asked > 0) {
        requireRoom(wishes.get(0).region(), type, asked);
      }
    }
  }

  void requireRoom(String region, VolumeType type, long gib) {
    long used =
        store.all(Volume.class).stream()
            .filter(v -> v.region.equals(region) && v.settings.type() == type)
            .mapToLong(v -> v.settings.sizeGib())
            .sum();
    int most = store.limit(Ec2Quota.STORAGE_GIB_OF_A_TYPE);
    if (used + gib > most) {
      throw AwsError.badRequest(
          "VolumeLimitExceeded",
          "Maximum number of " + type.wire + " GiB exceeded: " + most + " in " + region + ".");
    }
  }

  /** Begins to make a volume for an operation. Its key is looked at in the end only. */
  Volume make(String operation, Wish wish) {
    Volume volume =
        new Volume(
            wish.region(),
            store.newId(Kind.VOLUME),
            store.now(),
            wish.zone(),
            wish.settings(),
            wish.encryption(),
            store.newData());
    volume.tags.putAll(wish.tags());
    volume.initializationRate = wish.initializationRate();
    wish.snapshot().ifPresent(snapshot -> fill(volume, snapshot));
    store.add(volume);
    store.later(operation, Takes.VOLUME, () -> finish(volume, wish.snapshot()));
    return volume;
  }

  private void fill(Volume volume, Snapshot snapshot) {
    volume.snapshotId = Optional.of(snapshot.id);
    volume.productCodes.addAll(snapshot.productCodes);
    volume.data.copyFrom(snapshot.data);
    volume.fastRestored =
        volume.initializationRate.isEmpty()
            && Optional.ofNullable(snapshot.fastRestores.get(volume.zone))
                .filter(restore -> restore.state.equals("enabled"))
                .isPresent();
    Instant begins = store.now().plus(Takes.VOLUME);
    Duration takes =
        volume.fastRestored
            ? Duration.ZERO
            : volume
                .initializationRate
                .map(rate -> Duration.ofSeconds(1 + snapshot.data.bytesHeld() / MIB / rate))
                .orElse(Takes.INITIALIZE);
    String type = volume.initializationRate.isPresent() ? "provisioned-rate" : "default";
    volume.initialization = Optional.of(new Initialization(type, begins, begins.plus(takes)));
  }

  /**
   * A volume whose key, or whose snapshot's key, cannot be used is gone as if it had never been.
   */
  private void finish(Volume volume, Optional<Snapshot> snapshot) {
    if (!volume.is("creating")) {
      return;
    }
    boolean isReadable =
        snapshot.map(s -> store.keys.canOpen(volume.region, s.encryption)).orElse(true);
    if (isReadable && store.keys.canSeal(volume.region, volume.encryption)) {
      volume.status = volume.attachments.isEmpty() ? "available" : "in-use";
    } else {
      discard(volume);
    }
  }

  void discard(Volume volume) {
    volume.status = "deleted";
    List.copyOf(volume.attachments).forEach(attachment -> store.detached(volume, attachment));
    volume.data.delete();
    store.remove(volume);
  }
}
