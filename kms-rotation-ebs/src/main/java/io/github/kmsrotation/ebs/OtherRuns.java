package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Whether another run of the same volumes, or of another volume of the same instance, is under way:
 * two would stop, start and swap behind each other's backs. It is seen by what it made, which
 * carries its tag: new volumes, copies among them that are attached to nothing yet, and snapshots
 * of the originals. The final snapshots of a run that ended are of volumes that are not there any
 * more.
 */
final class OtherRuns {

  private OtherRuns() {}

  static Optional<StepOutcome> obstacle(EbsStep.Env env, StepContext context) {
    return under(env.ec2(), context, env.subject(), env.runId())
        .map(other -> StepOutcome.blocked(text(other), "Nothing was done. " + remedy(other)));
  }

  static Optional<RunId> under(Ec2 ec2, AwsReader reader, Subject subject, RunId own) {
    List<Volume> volumes =
        subject
            .instanceId()
            .map(id -> ec2.volumesOf(reader, id))
            .orElseGet(() -> volumes(ec2, reader, subject));
    List<String> ids =
        Stream.concat(
                subject.volumeIds().stream(), volumes.stream().map(volume -> volume.volumeId()))
            .distinct()
            .toList();
    Stream<String> ofVolumes = volumes.stream().flatMap(v -> RunTag.runOf(v.tags()).stream());
    List<Snapshot> snapshots = ec2.taggedSnapshotsOf(reader, ids, RunId.TAG_KEY);
    Stream<String> ofSnapshots = snapshots.stream().flatMap(s -> RunTag.runOf(s.tags()).stream());
    Stream<String> ofCopies =
        ec2.volumesMadeByRuns(reader).stream()
            .filter(copy -> ids.contains(VolumeAttribute.text(copy.sourceVolumeId())))
            .flatMap(copy -> RunTag.runOf(copy.tags()).stream());
    return Stream.of(ofVolumes, ofSnapshots, ofCopies)
        .flatMap(runs -> runs)
        .flatMap(value -> runId(value).stream())
        .filter(run -> !run.equals(own))
        .findFirst();
  }

  private static List<Volume> volumes(Ec2 ec2, AwsReader reader, Subject subject) {
    return subject.volumeIds().stream().flatMap(id -> ec2.volume(reader, id).stream()).toList();
  }

  static String text(RunId other) {
    return "Run " + other + " of the same volumes or instance is under way.";
  }

  static String remedy(RunId other) {
    return "Resume run "
        + other
        + " to its end or roll it back. If its journal is lost, delete what carries the tag "
        + RunId.TAG_KEY
        + "="
        + other
        + ", or take the tag off.";
  }

  /** Anybody can tag anything: what no run can be called is no run's. */
  private static Optional<RunId> runId(String value) {
    try {
      return Optional.of(new RunId(value));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
