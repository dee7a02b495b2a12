package io.github.kmsrotation.ebs;

import io.github.kmsrotation.spi.Findings;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;

/** What the ways that a caller can choose mean, cost, and cannot do. */
final class WayFindings {

  /** The largest snapshot that can be restored fast. */
  private static final int MOST_GIB_RESTORED_FAST = 16 * 1024;

  private static final String GROUP_TAG = "aws:autoscaling:groupName";

  private final EbsOptions options;
  private final Findings findings;

  WayFindings(EbsOptions options, Findings findings) {
    this.options = options;
    this.findings = findings;
  }

  void find(Optional<Instance> instance, List<Volume> volumes, Subject subject) {
    if (subject.replacesRoot()) {
      instance.ifPresent(on -> findAboutRoot(on, subject));
    }
    if (options.copiesVolumes()) {
      findAboutCopies(volumes);
    }
    if (options.restoresFast()) {
      findAboutFastRestore(volumes);
    }
  }

  private void findAboutRoot(Instance instance, Subject subject) {
    String id = instance.instanceId();
    findings.warning(
        "The instance " + id + " is rebooted when the task replaces its root volume.",
        "What is in its memory is lost; its host, addresses and instance store volumes stay. A"
            + " roll-back reboots it once more.");
    if (subject.writes() == Writes.LOST) {
      findings.warning(
          "What is written to the root volume of "
              + id
              + " from the snapshot until the task replaces it is not on the new volume, and the"
              + " snapshot is taken while the instance runs: it is crash-consistent.",
          "That includes the time until the approvals are given. You accepted that: the original,"
              + " which has these writes, stays until RETIRE.");
    }
    instance.tags().stream()
        .filter(tag -> tag.key().equals(GROUP_TAG))
        .map(Tag::value)
        .findFirst()
        .ifPresent(
            group ->
                findings.warning(
                    "The instance " + id + " is in the Auto Scaling group " + group + ".",
                    "Its health checks may take the reboot for a failure, and the group would"
                        + " replace the instance: put it in standby meanwhile."));
  }

  private void findAboutCopies(List<Volume> volumes) {
    findings.warning(
        "AWS charges for each CopyVolumes by the data that was written to the volume"
            + " (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copying-volume.html).",
        "The copies are initialized in the background, up to 6 hours for the first TiB and 1.2 for"
            + " each more, and have their baseline performance meanwhile.");
    findings.warning(
        "EC2 makes 5 volume copies at a time in a Region, and one of a volume, until they are"
            + " initialized.",
        "Where it refuses one, or a copy is not under the new key, snapshots and new volumes of"
            + " them are made instead, and the originals are out of service for longer.");
    findings.warning(
        "No snapshot of the originals is made where their copies are usable.",
        "Nothing of an original is left once it is deleted, after the approval for that.");
    volumes.stream()
        .filter(volume -> volume.outpostArn() != null)
        .forEach(
            volume ->
                findings.problem(
                    "The volume " + volume.volumeId() + " is on an Outpost.",
                    "CopyVolumes copies no such volume: leave out copyVolumes()."));
  }

  private void findAboutFastRestore(List<Volume> volumes) {
    findings.warning(
        "Fast snapshot restore is enabled for "
            + volumes.size()
            + (volumes.size() == 1 ? " snapshot" : " snapshots")
            + " in one Availability Zone, and disabled once the new volumes are made.",
        "AWS bills each of them for every minute that it is enabled, at least for an hour"
            + " (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-fast-snapshot-restore.html)."
            + " Where the run stops before, it is billed until the run is resumed or rolled back.");
    int largest =
        volumes.stream().mapToInt(v -> Optional.ofNullable(v.size()).orElse(0)).max().orElse(0);
    findings.warning(
        "Fast snapshot restore takes 60 minutes per TiB to enable, and a while more for a credit.",
        "The originals are out of service for as long: for the largest snapshot, of "
            + largest
            + " GiB, up to "
            + (FastRestores.creditAfter(largest).toMinutes() + largest * 60L / 1024 + 1)
            + " minutes.");
    for (Volume volume : volumes) {
      if (volume.outpostArn() != null) {
        findings.problem(
            "The volume " + volume.volumeId() + " is on an Outpost.",
            "Fast snapshot restore is not supported there: leave out fastSnapshotRestore().");
      }
      if (Optional.ofNullable(volume.size()).orElse(0) > MOST_GIB_RESTORED_FAST) {
        findings.problem(
            "The volume " + volume.volumeId() + " has " + volume.size() + " GiB.",
            "Fast snapshot restore takes snapshots of up to 16 TiB: leave out"
                + " fastSnapshotRestore().");
      }
    }
  }
}
