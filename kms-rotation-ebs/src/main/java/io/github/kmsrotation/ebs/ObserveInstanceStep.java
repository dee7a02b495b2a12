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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Sees that the new instance serves, for as long as was asked for, and that the original can go.
 */
final class ObserveInstanceStep extends EbsStep {

  private final Observation observation;

  ObserveInstanceStep(Env env, Duration observeFor) {
    super(
        new StepDescription(
            "observe",
            "See that the new instance runs, is well and has its volumes"
                + (observeFor.isZero()
                    ? ""
                    : " for " + io.github.kmsrotation.internal.InWords.exactly(observeFor)),
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.observation = new Observation(observeFor, Duration.ofMinutes(5));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<StepOutcome> unfit = Successor.irreplaceable(env, context);
    if (unfit.isPresent()) {
      return unfit.get();
    }
    String id = Successor.id(context);
    List<Evidence> evidence = new ArrayList<>();
    Optional<StepOutcome> unwell = new StatusChecks(env, id).unwell(context, evidence);
    if (unwell.isPresent()) {
      return unwell.get();
    }
    Map<String, Volume> volumes = Successor.volumes(env, context, id);
    for (Disk disk : env.subject().disks()) {
      evidence.add(
          new Evidence(
              "KMS key of what took the place of " + disk.name(),
              env.targetKeyArn(),
              Optional.ofNullable(volumes.get(disk.device().orElseThrow()))
                  .map(volume -> VolumeAttribute.text(volume.kmsKeyId()))
                  .orElse("")));
    }
    return observation
        .rest("ec2:Observed", id, context.begunAt(), context.clock().instant())
        .orElseGet(() -> new StepOutcome.Done(Facts.none(), evidence));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
