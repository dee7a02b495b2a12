package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.spi.Findings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/** What the snapshots that there are of volumes say: who makes them, and whether there is room. */
final class SnapshotFindings {

  private static final int MOST_PENDING = 5;

  /** By the tags that they put on snapshots, which only AWS can set. */
  private static final Map<String, String> MAKERS =
      Map.of(
          "aws:dlm:lifecycle-policy-id", "A policy of Data Lifecycle Manager",
          "aws:backup:source-resource", "AWS Backup");

  private final AwsReader reader;
  private final Ec2 ec2;
  private final Findings findings;

  SnapshotFindings(AwsReader reader, Ec2 ec2, Findings findings) {
    this.reader = reader;
    this.ec2 = ec2;
    this.findings = findings;
  }

  void find(List<Volume> volumes, boolean makesSnapshots) {
    if (volumes.isEmpty()) {
      return;
    }
    List<String> ids = volumes.stream().map(Volume::volumeId).toList();
    new TreeMap<>(MAKERS)
        .forEach((tag, maker) -> warn(maker, ec2.taggedSnapshotsOf(reader, ids, tag)));
    if (makesSnapshots) {
      List<Snapshot> pending = ec2.pendingSnapshotsOf(reader, ids);
      volumes.forEach(volume -> check(volume, pending));
    }
  }

  private void warn(String maker, List<Snapshot> snapshots) {
    TreeSet<String> volumes = new TreeSet<>();
    snapshots.forEach(snapshot -> volumes.add(snapshot.volumeId()));
    volumes.forEach(
        id ->
            findings.warning(
                maker + " makes snapshots of the volume " + id + ".",
                "If it finds volumes by tag, it finds the new one, whose snapshots begin with a"
                    + " full one; if by id, tell it the new id. Those of the original need the old"
                    + " key, and may not be cleaned up any more."));
  }

  /**
   * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html">Quotas
   *     for Amazon EBS</a>
   */
  private void check(Volume volume, List<Snapshot> pending) {
    String id = volume.volumeId();
    boolean isHdd = volume.volumeType() == VolumeType.ST1 || volume.volumeType() == VolumeType.SC1;
    int most = isHdd ? 1 : MOST_PENDING;
    long under = pending.stream().filter(snapshot -> snapshot.volumeId().equals(id)).count();
    if (under >= most) {
      findings.problem(
          under
              + " snapshots of the volume "
              + id
              + " are pending; EC2 makes "
              + most
              + " at a time.",
          "Wait until they are completed, since writes would be stopped meanwhile. One that does"
              + " not get on for hours is a matter for AWS Support.");
    }
  }
}
