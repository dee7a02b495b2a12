package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.plan.Verifier;
import io.github.kmsrotation.plan.VerifyStep;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Compares original and replacement once neither is in a state that passes by itself, such as a
 * nightly backup.
 */
final class ComparisonStep extends RdsStep {

  private final VerifyStep check;

  ComparisonStep(String id, String title, Phase phase, Env env, Verifier verifier) {
    super(new StepDescription(id, title, phase, List.of(), List.of(), Undo.NOTHING_TO_UNDO), env);
    this.check = new VerifyStep(id, title, phase, verifier);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    for (Optional<DBInstance> side : List.of(original(context), replacement(context))) {
      if (side.isEmpty()) {
        return gone("The original or the replacement of " + names.original());
      }
      if (RestoreStep.ON_THE_WAY.contains(side.get().dbInstanceStatus())) {
        return waitFor(side.get());
      }
    }
    return check.advance(context);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return check.undo(context);
  }
}
