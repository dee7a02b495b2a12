package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.EbsTarget;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotState;
import software.amazon.awssdk.services.ec2.model.StorageTier;
import software.amazon.awssdk.services.ec2.model.Tag;

/** What stands in the way of copying snapshots, and what a copy means and costs. */
final class CopyFindings {

  /** EC2 allows 50, and the run needs two more on a copy. */
  private static final int MOST_TAGS = 48;

  private static final int MOST_COPIES = 20;

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Ec2 ec2;
  private final Findings findings;

  CopyFindings(PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2, Findings findings) {
    this.request = request;
    this.options = options;
    this.ec2 = ec2;
    this.findings = findings;
  }

  void check(Snapshot snapshot) {
    String id = snapshot.snapshotId();
    if (snapshot.state() != SnapshotState.COMPLETED) {
      findings.problem(
          "The snapshot " + id + " is " + snapshot.stateAsString() + ".",
          "Only a completed snapshot can be copied.");
    }
    if (snapshot.storageTier() == StorageTier.ARCHIVE) {
      findings.problem(
          "The snapshot " + id + " is archived.", "Restore it to the standard tier first.");
    }
    if (snapshot.outpostArn() != null) {
      findings.problem(
          "The snapshot " + id + " is on an Outpost.", "EC2 cannot copy it: keep its key.");
    }
    checkTags(id, snapshot.tags());
  }

  void checkTags(String id, List<Tag> tags) {
    List<String> keys = tags.stream().map(Tag::key).toList();
    if (keys.stream().anyMatch(key -> key.startsWith("aws:backup:"))) {
      findings.problem(
          id + " is a recovery point of AWS Backup.",
          "Only AWS Backup can delete it: copy it there, to a vault under the new key.");
    } else if (keys.stream().anyMatch(key -> key.startsWith("aws:"))) {
      findings.warning(
          id + " has tags that only AWS can set: " + String.join(", ", keys) + ".",
          "The copy does not have them, so that what made it, such as a lifecycle policy, does not"
              + " know the copy and will not delete it.");
    }
    if (RunTag.userTags(tags).size() > MOST_TAGS) {
      findings.problem(
          id + " has more than " + MOST_TAGS + " tags; the run needs two more on a copy.",
          "Remove tags: EC2 allows 50.");
    }
  }

  void checkSharing(Sharing sharing) {
    if (sharing.isPublic()) {
      findings.problem(
          request.target().id() + " is public.",
          "What is encrypted cannot be: make it private first.");
    } else if (!sharing.isPrivate()) {
      findings.warning(
          "It is shared with " + sharing.text() + ".",
          "So is the copy, but they need the new key, too: allow them kms:DescribeKey, kms:Decrypt,"
              + " kms:ReEncrypt* and kms:CreateGrant in its policy.");
    }
  }

  void checkOtherRuns(Collection<String> snapshotIds) {
    Optional<RunId> other =
        snapshotIds.stream()
            .flatMap(id -> ec2.copiesOf(request.calls(), id).stream())
            .flatMap(copy -> RunTag.runOf(copy.tags()).stream())
            .filter(run -> !run.equals(request.runId().value()))
            .map(RunId::new)
            .findFirst();
    other.ifPresent(
        run ->
            findings.problem(
                "Run " + run + " of the same snapshot is under way.", OtherRuns.remedy(run)));
  }

  /**
   * A copy that EC2 refuses is asked for again and again, so that this is no problem.
   *
   * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html">Quotas
   *     for Amazon EBS</a>
   */
  void warnAboutOtherCopies(int more) {
    int pending = ec2.pendingCopies(request.calls()).size();
    if (pending + more > MOST_COPIES) {
      findings.warning(
          pending + " copies of snapshots are under way in the Region.",
          "EC2 makes " + MOST_COPIES + " at a time by default: the run waits until it takes more.");
    }
  }

  void warnAboutEveryCopy() {
    findings.warning(
        "A copy has a new id, and is a full one, not incremental, as its key is another.",
        "Whatever names the old id has to learn it; the report names it. AWS bills the copy's full"
            + " size.");
    options
        .completionDuration()
        .ifPresent(
            within ->
                findings.warning(
                    "Each copy is to be completed within " + within.toMinutes() + " minutes.",
                    "AWS charges for such time-based copies by the GiB, and the more the shorter"
                        + " the time"
                        + " (https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html)."));
    new EbsWarnings(request, options, findings).warnAboutKeyRights();
  }
}
