package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.UnexpectedAnswerException;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Every new volume has its original's attributes, is under the new key, and was made from the
 * completed snapshot of that original, or as its copy. That it holds the snapshot's data is EBS's
 * word: EC2 does not show the bytes of a volume.
 */
final class VolumesVerifier implements Verifier {

  private final EbsStep.Env env;

  VolumesVerifier(EbsStep.Env env) {
    this.env = env;
  }

  @Override
  public Verification verify(StepContext context) {
    List<Snapshot> snapshots = env.snapshots(context);
    List<Evidence> evidence = new ArrayList<>();
    EbsStep.Seen seen = env.look(context);
    for (Disk disk : env.subject().disks()) {
      Volume original = require(seen.original(disk), disk);
      Volume replacement = require(seen.replacement(disk), disk);
      evidence.addAll(VolumeAttribute.compare(original, replacement, env.targetKeyArn()));
      evidence.add(
          new Evidence(
              replacement.volumeId() + ", State", "available", replacement.stateAsString()));
      if (CopyVolumeStep.copied(context, disk).isPresent()) {
        evidence.add(
            new Evidence(
                replacement.volumeId() + ", SourceVolumeId",
                disk.volumeId(),
                VolumeAttribute.text(replacement.sourceVolumeId())));
        continue;
      }
      String snapshotId = env.snapshotOf(context, disk).orElseThrow();
      evidence.add(
          new Evidence(
              replacement.volumeId() + ", SnapshotId",
              snapshotId,
              VolumeAttribute.text(replacement.snapshotId())));
      evidence.add(
          new Evidence(
              "snapshot " + snapshotId + ", VolumeId and progress",
              disk.volumeId() + ", 100%",
              source(snapshots, snapshotId)));
    }
    return Verification.of(evidence);
  }

  private static String source(List<Snapshot> snapshots, String id) {
    return snapshots.stream()
        .filter(snapshot -> snapshot.snapshotId().equals(id))
        .map(snapshot -> snapshot.volumeId() + ", " + snapshot.progress())
        .findFirst()
        .orElse("not there");
  }

  private static Volume require(Optional<Volume> volume, Disk disk) {
    return volume.orElseThrow(
        () ->
            new UnexpectedAnswerException(
                "The volume "
                    + disk.name()
                    + " or the new volume for it is not there any more. Nothing was destroyed by"
                    + " this run."));
  }
}
