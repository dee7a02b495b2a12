package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;

/** Takes the run's tag off the key, and off the new one if there is one. */
final class ReleaseStep extends KeyStep {

  ReleaseStep(Env env) {
    super(
        new StepDescription(
            "release-key",
            "Take the tag of this run off again",
            Phase.OBSERVE,
            List.of(ClaimStep.UNTAG),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    List<KeyArn> tagged = new ArrayList<>();
    env.newKey(context)
        .ifPresent(
            made -> {
              tagged.add(made);
              KeySteps.replicaRegions(plan)
                  .forEach(region -> tagged.add(new KeyArn(Env.in(region, made))));
            });
    tagged.add(env.key());
    for (KeyArn key : tagged) {
      StepOutcome outcome = ClaimStep.untag(context, kms, key.region(), key.value());
      if (!(outcome instanceof StepOutcome.Done)) {
        return outcome;
      }
    }
    return StepOutcome.done();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
