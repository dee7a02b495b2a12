package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/** Deletes the snapshots of the original AMI; those that another AMI names stay, which is told. */
final class RetireImageSnapshotsStep extends EbsStep {

  private final List<String> snapshotIds;

  RetireImageSnapshotsStep(Env env, List<String> snapshotIds) {
    super(
        new StepDescription(
            "retire-snapshots",
            "Delete the original's snapshots "
                + String.join(", ", snapshotIds)
                + ", but for those that another AMI names",
            Phase.RETIRE,
            List.of(SnapshotsStep.DELETE),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.snapshotIds = snapshotIds;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    TreeMap<String, String> kept = new TreeMap<>();
    for (String id : snapshotIds) {
      Optional<Snapshot> snapshot = ec2.snapshot(context, id);
      if (snapshot.isEmpty()) {
        continue;
      }
      List<Image> images = ec2.imagesOf(context, id);
      if (images.isEmpty()) {
        return ImageRetirement.unusable(env, context)
            .orElseGet(() -> SnapshotsStep.delete(context, env, snapshot.get()));
      }
      kept.put(
          "kept." + id,
          "named by " + images.stream().map(Image::imageId).collect(Collectors.joining(", ")));
    }
    return StepOutcome.done(new Facts(kept));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
