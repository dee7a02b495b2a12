package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;

/** Deregisters the original AMI, after one more look at its copy and at who names it. */
final class RetireImageStep extends EbsStep {

  RetireImageStep(Env env) {
    super(
        new StepDescription(
            "retire-" + env.plan().targetId(),
            "Deregister the original " + env.plan().targetId(),
            Phase.RETIRE,
            List.of("ec2:DeregisterImage"),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String id = env.plan().targetId();
    if (ec2.image(context, id).isEmpty()) {
      return StepOutcome.done(Facts.of(Map.of("copy", ImageVerifier.copyId(context))));
    }
    return ImageRetirement.obstacle(env, context)
        .orElseGet(() -> CopyImageStep.deregister(context, env, id));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw cannotBeUndone();
  }
}
