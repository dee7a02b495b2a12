package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Takes snapshots of volumes, whoever asks for them, and holds the quotas of snapshots. */
final class SnapshotMaker {

  /** Between two snapshots of a volume, as the list of error codes says. */
  private static final Duration BETWEEN = Duration.ofSeconds(15);

  private final Ec2Store store;

  SnapshotMaker(Ec2Store store) {
    this.store = store;
  }

  /** Refuses what may not be snapshotted now. */
  void check(Volume volume) {
    if (!volume.is("available") && !volume.is("in-use")) {
      throw Ec2Rules.incorrectState(
          "The volume '" + volume.id + "' is in the '" + volume.status + "' state.");
    }
    List<Snapshot> pending =
        store.all(Snapshot.class).stream()
            .filter(s -> s.is("pending") && !s.isCopy && s.volumeId.equals(volume.id))
            .toList();
    int most =
        volume.settings.type().isHdd() ? 1 : store.limit(Ec2Quota.PENDING_SNAPSHOTS_OF_A_VOLUME);
    if (pending.size() >= most) {
      throw AwsError.badRequest(
          "ConcurrentSnapshotLimitExceeded",
          "Maximum allowed in-progress snapshots for a single volume exceeded.");
    }
    if (store.now().isBefore(volume.lastSnapshotAt.plus(BETWEEN))) {
      throw AwsError.badRequest(
          "SnapshotCreationPerVolumeRateExceeded",
          "The maximum per volume CreateSnapshot request rate has been exceeded.");
    }
  }

  void requireRoom(String region, int more) {
    long used =
        store.all(Snapshot.class).stream()
            .filter(s -> s.region.equals(region) && s.ownerId.equals(store.accountId))
            .count();
    if (used + more > store.limit(Ec2Quota.SNAPSHOTS)) {
      throw AwsError.badRequest(
          "SnapshotLimitExceeded",
          "At most " + store.limit(Ec2Quota.SNAPSHOTS) + " snapshots in " + region + ".");
    }
  }

  /** Holds what is on the volume now, though it is completed only later. */
  Snapshot take(String operation, Volume volume, String description, Map<String, String> tags) {
    Instant now = store.now();
    Snapshot snapshot =
        new Snapshot(
            volume.region,
            store.newId(Kind.SNAPSHOT),
            now,
            store.accountId,
            volume.id,
            volume.settings.sizeGib(),
            volume.encryption,
            store.newData());
    snapshot.data.copyFrom(volume.data);
    snapshot.productCodes.addAll(volume.productCodes);
    snapshot.description = description;
    snapshot.tags.putAll(tags);
    volume.lastSnapshotAt = now;
    store.add(snapshot);
    completeAfter(operation, snapshot, Takes.SNAPSHOT);
    return snapshot;
  }

  /** A snapshot that was to be deleted meanwhile goes once it is completed. */
  void completeAfter(String operation, Snapshot snapshot, Duration takes) {
    snapshot.takes(takes);
    store.later(operation, takes, () -> complete(snapshot));
  }

  private void complete(Snapshot snapshot) {
    if (!snapshot.is("pending")) {
      return;
    }
    snapshot.complete(store.now());
    if (snapshot.isDoomed) {
      remove(snapshot);
    }
  }

  void remove(Snapshot snapshot) {
    snapshot.data.delete();
    store.remove(snapshot);
  }
}
