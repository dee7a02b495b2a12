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
import java.util.Map;

/** Sees that the copy is usable, and that nothing launches from the original unasked. */
final class SeeImageStep extends EbsStep {

  private final Observation observation;

  SeeImageStep(Env env, Duration observeFor) {
    super(
        new StepDescription(
            "see-image-copy",
            "See that no default or latest version of a launch template names the original",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.observation = new Observation(observeFor, Duration.ofMinutes(5));
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return ImageRetirement.obstacle(env, context)
        .or(
            () ->
                observation.rest(
                    "ec2:Observed",
                    env.plan().targetId(),
                    context.begunAt(),
                    context.clock().instant()))
        .orElseGet(() -> seen(context));
  }

  private StepOutcome seen(StepContext context) {
    List<String> others = ImageUsers.find(ec2, context, env.plan().targetId()).others();
    return new StepOutcome.Done(
        Facts.of(
            Map.of(
                "stillNaming" + env.plan().targetId(),
                others.isEmpty() ? "nothing that EC2 tells of" : String.join(" ", others))),
        List.of(
            new Evidence(
                "default and latest versions of launch templates that name "
                    + env.plan().targetId(),
                "none",
                "none")));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
