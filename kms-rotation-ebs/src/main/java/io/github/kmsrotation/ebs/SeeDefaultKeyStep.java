package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Observation;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.spi.TargetKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sees that the new key is the default, and can be used, for as long as was asked for. */
final class SeeDefaultKeyStep extends EbsStep {

  private final Observation observation;

  SeeDefaultKeyStep(Env env, Duration observeFor) {
    super(
        new StepDescription(
            "see-default-key",
            "See that the new KMS key is the default, and can be used",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.observation = new Observation(observeFor, Duration.ofMinutes(5));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<Evidence> evidence =
        List.of(
            new Evidence(
                "default KMS key for EBS encryption", env.targetKeyArn(), ec2.defaultKey(context)));
    if (!evidence.get(0).matches()) {
      return new StepOutcome.Blocked(
          "The default KMS key for EBS encryption is another one by now: " + evidence.get(0) + ".",
          "EBS may have found that it cannot use the new key, or somebody changed the default. See"
              + " to it and roll back, or set it and resume.",
          evidence);
    }
    Optional<StepOutcome> unusable =
        TargetKey.obstacle(
            context, env.kms(), env.targetKeyArn(), "whatever relies on the default key is");
    return unusable
        .or(
            () ->
                observation.rest(
                    "ec2:Observed",
                    env.plan().targetId(),
                    context.begunAt(),
                    context.clock().instant()))
        .orElseGet(() -> new StepOutcome.Done(Facts.none(), evidence));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
