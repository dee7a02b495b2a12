package io.github.kmsrotation.ebs;

import io.github.kmsrotation.internal.InWords;
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
import java.util.Optional;

/** Sees that the new volumes stay attached under the new key, for as long as was asked for. */
final class CopyObserveStep extends EbsStep {

  private final Observation observation;
  private final List<Disk> disks;

  CopyObserveStep(Env env, Duration observeFor, List<Disk> disks) {
    super(
        new StepDescription(
            "observe",
            observeFor.isZero()
                ? "See that the new volumes are attached"
                : "See that the new volumes stay attached for " + InWords.exactly(observeFor),
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.observation = new Observation(observeFor, Duration.ofMinutes(5));
    this.disks = disks;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<Evidence> evidence = new ArrayList<>();
    for (Disk disk : disks) {
      Optional<StepOutcome> unfit =
          Fitness.inPlace(env, context, CopyTaskStep.atNewDevice(env, context, disk));
      if (unfit.isPresent()) {
        return unfit.get();
      }
      evidence.add(
          new Evidence(
              "KMS key of what took the place of " + disk.name(),
              env.targetKeyArn(),
              env.replacement(context, disk)
                  .map(volume -> VolumeAttribute.text(volume.kmsKeyId()))
                  .orElse("")));
    }
    return observation
        .rest("ec2:Observed", env.plan().targetId(), context.begunAt(), context.clock().instant())
        .orElseGet(() -> new StepOutcome.Done(Facts.none(), evidence));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
