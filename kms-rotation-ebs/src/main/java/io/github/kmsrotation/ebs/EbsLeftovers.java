package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.spi.Leftover;
import io.github.kmsrotation.spi.Leftovers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/**
 * Volumes and snapshots that carry a run's tag. What may be the only copy of something stays: a
 * volume that is attached, or whose original is gone, and a snapshot whose volume is gone; and so
 * does a backup that has the run's tag only as its volume has it. AMIs and instances that a run
 * made are not looked at.
 */
final class EbsLeftovers implements Leftovers {

  private final Ec2 ec2;
  private final Runnable closer;

  EbsLeftovers(Ec2Client client, Runnable closer) {
    this.ec2 = new Ec2(client);
    this.closer = closer;
  }

  @Override
  public List<Leftover> find(AwsReader reader) {
    List<Volume> volumes = ec2.volumesMadeByRuns(reader);
    List<Snapshot> snapshots = ec2.snapshotsMadeByRuns(reader);
    Map<String, Snapshot> byId =
        snapshots.stream().collect(Collectors.toMap(Snapshot::snapshotId, Function.identity()));
    Function<Volume, String> originalOf = volume -> original(volume, byId);
    Set<String> existing =
        existing(
            reader,
            Stream.concat(
                    volumes.stream().map(originalOf), snapshots.stream().map(Snapshot::volumeId))
                .filter(id -> !id.isEmpty())
                .collect(Collectors.toSet()));
    List<Leftover> found = new ArrayList<>();
    for (Volume volume : volumes) {
      run(volume.tags())
          .ifPresent(
              run -> found.add(leftover(run, volume, existing.contains(originalOf.apply(volume)))));
    }
    for (Snapshot snapshot : snapshots) {
      run(snapshot.tags())
          .ifPresent(
              run -> found.add(leftover(run, snapshot, existing.contains(snapshot.volumeId()))));
    }
    return found;
  }

  /** The volume that it was made from; empty if that cannot be told. */
  private static String original(Volume volume, Map<String, Snapshot> snapshots) {
    String source = VolumeAttribute.text(volume.sourceVolumeId());
    if (!source.isEmpty()) {
      return source;
    }
    return Optional.ofNullable(snapshots.get(VolumeAttribute.text(volume.snapshotId())))
        .map(Snapshot::volumeId)
        .orElse("");
  }

  private Set<String> existing(AwsReader reader, Collection<String> ids) {
    return ec2.volumes(reader, ids).values().stream()
        .filter(volume -> volume.state() == VolumeState.AVAILABLE || isInUse(volume))
        .map(Volume::volumeId)
        .collect(Collectors.toSet());
  }

  private static boolean isInUse(Volume volume) {
    return volume.state() == VolumeState.IN_USE;
  }

  private static Optional<RunId> run(List<Tag> tags) {
    return RunTag.runOf(tags).flatMap(RunId::ofTag);
  }

  private static Leftover leftover(RunId run, Volume volume, boolean hasOriginal) {
    Optional<String> keep = Optional.empty();
    if (volume.state() != VolumeState.AVAILABLE) {
      keep = Optional.of("It is " + volume.stateAsString() + ", not unattached.");
    } else if (!hasOriginal) {
      keep = Optional.of("The volume that it was made from is not found: it may be the only copy.");
    }
    return new Leftover(
        run,
        volume.volumeId(),
        "unattached EBS volume of " + volume.size() + " GiB, with all that was written to it",
        Discarding.DELETE,
        keep);
  }

  private static Leftover leftover(RunId run, Snapshot snapshot, boolean hasVolume) {
    Optional<String> keep = Optional.empty();
    if (!isOf(run, snapshot)) {
      keep =
          Optional.of("It has the run's tag, as a backup of a new volume has, and another maker.");
    } else if (!hasVolume) {
      keep = Optional.of("Its volume is not found: it may be the only copy.");
    }
    return new Leftover(
        run,
        snapshot.snapshotId(),
        "EBS snapshot of " + snapshot.volumeId(),
        SnapshotsStep.DELETE,
        keep);
  }

  /** Whoever backs a volume up may copy its tags, and describes the snapshot otherwise. */
  private static boolean isOf(RunId run, Snapshot snapshot) {
    return VolumeAttribute.text(snapshot.description()).startsWith(RunTag.description(run, ""))
        || snapshot.tags().stream().anyMatch(tag -> tag.key().equals(RunTag.COPY_KEY));
  }

  @Override
  public void remove(Leftover leftover) {
    String id = leftover.resource();
    if (leftover.operation().equals(Discarding.DELETE)) {
      ec2.client().deleteVolume(r -> r.volumeId(id));
    } else {
      ec2.client().deleteSnapshot(r -> r.snapshotId(id));
    }
  }

  @Override
  public void close() {
    closer.run();
  }
}
