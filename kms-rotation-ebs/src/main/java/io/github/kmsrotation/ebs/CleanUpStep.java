package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Takes the run's tag off the new volumes, and deletes the snapshots if that was asked for. */
final class CleanUpStep extends EbsStep {

  private static final String UNTAG = "ec2:DeleteTags";

  private final boolean deletesSnapshots;

  CleanUpStep(Env env, boolean deletesSnapshots) {
    super(
        new StepDescription(
            "clean-up",
            "Take the run's tag off the new volumes" + ofSnapshots(env, deletesSnapshots),
            Phase.RETIRE,
            deletesSnapshots ? List.of(UNTAG, SnapshotsStep.DELETE) : List.of(UNTAG),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.deletesSnapshots = deletesSnapshots;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    if (deletesSnapshots) {
      Optional<StepOutcome> unfit = unfit(context);
      if (unfit.isPresent()) {
        return unfit.get();
      }
      List<Snapshot> snapshots = env.snapshots(context);
      if (!snapshots.isEmpty()) {
        return SnapshotsStep.delete(context, env, snapshots.get(0));
      }
    }
    List<String> tagged =
        ec2.volumesMadeBy(context, env.runId()).stream().map(Volume::volumeId).sorted().toList();
    if (tagged.isEmpty()) {
      return StepOutcome.done();
    }
    if (!isSettling(context, UNTAG, env.plan().targetId())) {
      context.mutate(
          UNTAG,
          env.plan().targetId(),
          () -> ec2.client().deleteTags(r -> r.resources(tagged).tags(tags())));
    }
    return waitFor("ec2:TagRemoved", env.plan().targetId(), "still tagged");
  }

  private List<Tag> tags() {
    Tag ofRun = Tag.builder().key(RunId.TAG_KEY).build();
    return CopyWay.isOf(env.plan())
        ? List.of(Tag.builder().key(RunTag.COPY_KEY).build(), ofRun)
        : List.of(ofRun);
  }

  private static String ofSnapshots(Env env, boolean deletesSnapshots) {
    if (CopyWay.isOf(env.plan())) {
      return "";
    }
    return "; the snapshots of the originals "
        + (deletesSnapshots ? "are deleted" : "stay, under the old key");
  }

  /** The originals are gone: nothing but the snapshots could bring a lost new volume back. */
  private Optional<StepOutcome> unfit(StepContext context) {
    return env.subject().disks().stream()
        .flatMap(disk -> Fitness.inPlace(env, context, disk).stream())
        .findFirst();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
