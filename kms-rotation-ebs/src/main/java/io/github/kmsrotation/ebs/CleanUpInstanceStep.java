package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Takes the run's tag off the new instance and its volumes; the AMI goes if that was asked for. */
final class CleanUpInstanceStep extends EbsStep {

  private static final String UNTAG = "ec2:DeleteTags";

  private final boolean deletesSnapshots;

  CleanUpInstanceStep(Env env, boolean deletesSnapshots) {
    super(
        new StepDescription(
            "clean-up",
            "Take the run's tag off the new instance and its volumes; the AMI of the original and"
                + " its snapshots "
                + (deletesSnapshots ? "are deleted" : "stay, under the old key"),
            Phase.RETIRE,
            deletesSnapshots
                ? List.of(UNTAG, ImageStep.DEREGISTER, SnapshotsStep.DELETE)
                : List.of(UNTAG),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.deletesSnapshots = deletesSnapshots;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<StepOutcome> left = deletesSnapshots ? left(context) : Optional.empty();
    return left.orElseGet(() -> untag(context));
  }

  private Optional<StepOutcome> left(StepContext context) {
    Optional<Image> image = ec2.imageMadeBy(context, env.runId());
    List<Snapshot> snapshots = env.snapshots(context);
    if (image.isEmpty() && snapshots.isEmpty()) {
      return Optional.empty();
    }
    // The originals are gone: nothing but the snapshots could bring a lost new volume back.
    return Successor.unfit(env, context)
        .or(() -> image.map(made -> ImageStep.deregister(context, env, made)))
        .or(() -> Optional.of(SnapshotsStep.delete(context, env, snapshots.get(0))));
  }

  private StepOutcome untag(StepContext context) {
    List<String> tagged =
        Stream.concat(
                ec2.instancesMadeBy(context, env.runId()).stream()
                    .filter(LaunchStep::isAlive)
                    .map(Instance::instanceId),
                ec2.volumesMadeBy(context, env.runId()).stream().map(Volume::volumeId))
            .sorted()
            .toList();
    if (tagged.isEmpty()) {
      return StepOutcome.done();
    }
    String target = env.plan().targetId();
    if (!isSettling(context, UNTAG, target)) {
      context.mutate(
          UNTAG,
          target,
          () ->
              ec2.client()
                  .deleteTags(
                      r -> r.resources(tagged).tags(Tag.builder().key(RunId.TAG_KEY).build())));
    }
    return waitFor("ec2:TagRemoved", target, "still tagged");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
