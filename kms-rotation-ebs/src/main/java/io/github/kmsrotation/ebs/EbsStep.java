package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.kms.KmsClient;

/** What the EBS steps share: what they are bound to, and ways to wait. */
abstract class EbsStep implements Step {

  /**
   * How long EC2 may take to show what was made or changed. It promises no duration.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html">Eventual
   *     consistency</a>
   */
  static final Duration SETTLES_WITHIN = Duration.ofMinutes(2);

  private static final Duration POLL = Duration.ofSeconds(15);

  private final StepDescription description;
  final Env env;
  final Ec2 ec2;

  EbsStep(StepDescription description, Env env) {
    this.description = description;
    this.env = env;
    this.ec2 = env.ec2();
  }

  /** What a step is bound to. */
  record Env(RotationPlan plan, Subject subject, Ec2 ec2, KmsClient kms, EbsOptions options) {

    RunId runId() {
      return plan.runId();
    }

    String targetKeyArn() {
      return plan.targetKeyArn().orElseThrow();
    }

    StepOutcome waitFor(String kind, String resource, String seen) {
      return StepOutcome.waiting(new Condition(kind, resource, seen, POLL, options.patience()));
    }

    /** The snapshot of an original, once the step that makes it is done. */
    Optional<String> snapshotOf(StepContext context, Disk disk) {
      return context.factsOf(SnapshotsStep.ID).find(SnapshotsStep.fact(disk));
    }

    /**
     * The snapshots of the originals that this run made. One of a new volume is somebody else's,
     * such as a backup that took over the volume's tags, the run's among them.
     */
    List<Snapshot> snapshots(AwsReader reader) {
      return ec2.snapshotsMadeBy(reader, runId()).stream()
          .filter(snapshot -> subject.volumeIds().contains(snapshot.volumeId()))
          .toList();
    }

    /** The new volume for an original, once the step that makes it is done. */
    Optional<Volume> replacement(StepContext context, Disk disk) {
      return replacementId(context, disk).flatMap(id -> ec2.volume(context, id));
    }

    private Optional<String> replacementId(StepContext context, Disk disk) {
      return context.factsOf(CreateVolumeStep.id(disk)).find(CreateVolumeStep.VOLUME_ID);
    }

    /** The originals and the new volumes that are there, in one look. */
    Seen look(StepContext context) {
      Map<String, String> ids = new HashMap<>();
      subject
          .disks()
          .forEach(
              disk -> replacementId(context, disk).ifPresent(id -> ids.put(disk.volumeId(), id)));
      return new Seen(
          ids,
          ec2.volumes(
              context,
              Stream.concat(subject.volumeIds().stream(), ids.values().stream()).toList()));
    }
  }

  /** What one look showed. */
  record Seen(Map<String, String> replacementIds, Map<String, Volume> volumes) {
    Optional<Volume> original(Disk disk) {
      return Optional.ofNullable(volumes.get(disk.volumeId()));
    }

    Optional<Volume> replacement(Disk disk) {
      return Optional.ofNullable(replacementIds.get(disk.volumeId()))
          .flatMap(id -> Optional.ofNullable(volumes.get(id)));
    }
  }

  @Override
  public final StepDescription description() {
    return description;
  }

  /** Whether a call was sent so lately that EC2 may not show its effect yet. */
  static boolean isSettling(StepContext context, String operation, String resource) {
    return context.wasSentWithin(operation, resource, SETTLES_WITHIN);
  }

  final StepOutcome waitFor(String kind, String resource, String seen) {
    return env.waitFor(kind, resource, seen);
  }

  static StepOutcome gone(String what) {
    return StepOutcome.blocked(
        what + " is not there any more: somebody else deleted it.",
        "Roll back what is left of this run, or look at it by hand.");
  }

  static IllegalStateException cannotBeUndone() {
    return new IllegalStateException("RETIRE cannot be undone");
  }
}
