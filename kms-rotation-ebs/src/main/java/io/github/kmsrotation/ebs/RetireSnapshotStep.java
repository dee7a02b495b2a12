package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/** Deletes the original snapshot, after one more look at its copy and at who names it. */
final class RetireSnapshotStep extends EbsStep {

  RetireSnapshotStep(Env env) {
    super(
        new StepDescription(
            "retire-" + env.plan().targetId(),
            "Delete the original " + env.plan().targetId(),
            Phase.RETIRE,
            List.of(SnapshotsStep.DELETE),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<Snapshot> original = ec2.snapshot(context, env.plan().targetId());
    if (original.isEmpty()) {
      return StepOutcome.done(Facts.of(Map.of("copy", SnapshotRetirement.copyId(context))));
    }
    return SnapshotRetirement.obstacle(env, context)
        .orElseGet(() -> SnapshotsStep.delete(context, env, original.get()));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
