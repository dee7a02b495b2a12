package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;

/** Has AWS rotate the new key as often as it rotates the old one. */
final class CopyRotationStep extends KeyStep {

  private static final String ENABLE = "kms:EnableKeyRotation";

  private final int period;

  CopyRotationStep(Env env, int period) {
    super(
        new StepDescription(
            "copy-rotation",
            "Have AWS rotate the new key every " + period + " days, like the old one",
            Phase.COPY,
            List.of(ENABLE),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.period = period;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String newKey = env.newKey(context).orElseThrow().value();
    if (kms.describe(context, region(), newKey).isEmpty()) {
      return waitFor("kms:KeyVisible", newKey, "just made");
    }
    if (EnableRotationStep.period(kms.rotation(context, region(), newKey))
        .equals(Optional.of(period))) {
      return StepOutcome.done();
    }
    if (!isSettling(context, ENABLE, newKey)) {
      context.mutate(
          ENABLE,
          newKey,
          () ->
              kms.in(region())
                  .enableKeyRotation(r -> r.keyId(newKey).rotationPeriodInDays(period)));
    }
    return waitFor("kms:RotationSet", newKey, "requested");
  }

  /** The setting goes with the key. */
  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
