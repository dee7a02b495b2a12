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
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Sees that the new volumes are in their place, and that the instance that the run started passes
 * its status checks, for as long as was asked for; and that the originals can go then.
 */
final class ObserveStep extends EbsStep {

  private final Observation observation;

  ObserveStep(Env env, Duration observeFor) {
    super(
        new StepDescription(
            "observe",
            observeFor.isZero()
                ? "See that the new volumes are in their place"
                : "See that the new volumes are in their place for " + InWords.exactly(observeFor),
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.observation = new Observation(observeFor, Duration.ofMinutes(5));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<Evidence> evidence = new ArrayList<>();
    // First, as it takes minutes and looks again and again.
    if (isExpectedToRun(context)) {
      Optional<StepOutcome> unwell = unwell(context, evidence);
      if (unwell.isPresent()) {
        return unwell.get();
      }
    }
    Seen seen = env.look(context);
    for (Disk disk : env.subject().disks()) {
      Optional<Volume> replacement = seen.replacement(disk);
      Optional<StepOutcome> unfit =
          Retirement.obstacle(env, context, disk, seen.original(disk), replacement);
      if (unfit.isPresent()) {
        return unfit.get();
      }
      evidence.add(
          new Evidence(
              "KMS key of what took the place of " + disk.name(),
              env.targetKeyArn(),
              replacement.map(volume -> VolumeAttribute.text(volume.kmsKeyId())).orElse("")));
    }
    return observation
        .rest("ec2:Observed", env.plan().targetId(), context.begunAt(), context.clock().instant())
        .orElseGet(() -> new StepOutcome.Done(Facts.none(), evidence));
  }

  private boolean isExpectedToRun(StepContext context) {
    return env.subject().isKeptRunning() || StopStep.stoppedByRun(context);
  }

  private Optional<StepOutcome> unwell(StepContext context, List<Evidence> evidence) {
    String id = env.subject().instance();
    Optional<Instance> instance = ec2.instance(context, id);
    if (instance.isEmpty()) {
      return Optional.of(gone("The instance " + id));
    }
    if (instance.get().state().name() != InstanceStateName.RUNNING) {
      return Optional.of(
          StepOutcome.blocked(
              "The instance " + id + " is " + instance.get().state().nameAsString() + ".",
              "Find out why it does not run. Start it and resume, or roll back."));
    }
    return new StatusChecks(env, id).unwell(context, evidence);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
