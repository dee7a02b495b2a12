package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Observation;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Duration;
import java.util.List;

/** Sees that the copy is usable and the original can go, for as long as was asked for. */
final class SeeSnapshotCopyStep extends EbsStep {

  private final Observation observation;

  SeeSnapshotCopyStep(Env env, Duration observeFor) {
    super(
        new StepDescription(
            "see-snapshot-copy",
            "See that the copy can be used, and that no AMI names the original",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.observation = new Observation(observeFor, Duration.ofMinutes(5));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String copyId = SnapshotRetirement.copyId(context);
    return SnapshotRetirement.obstacle(env, context)
        .or(
            () ->
                observation.rest(
                    "ec2:Observed",
                    env.plan().targetId(),
                    context.begunAt(),
                    context.clock().instant()))
        .orElseGet(
            () ->
                new StepOutcome.Done(
                    Facts.none(),
                    List.of(
                        new Evidence(
                            "KMS key of the copy " + copyId,
                            env.targetKeyArn(),
                            ec2.snapshot(context, copyId)
                                .map(copy -> VolumeAttribute.text(copy.kmsKeyId()))
                                .orElse("")),
                        new Evidence("AMIs that name the original", "none", "none"))));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
