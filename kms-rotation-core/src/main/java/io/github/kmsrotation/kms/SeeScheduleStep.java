package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.kms.model.GetKeyRotationStatusResponse;

/** Reads back that AWS rotates the key, how often, and when next. */
final class SeeScheduleStep extends KeyStep {

  private final int period;

  SeeScheduleStep(Env env, int period) {
    super(
        new StepDescription(
            "see-schedule",
            "See that AWS rotates the key every " + period + " days, and when next",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.period = period;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    GetKeyRotationStatusResponse status = kms.rotation(context, region(), key());
    List<Evidence> evidence =
        List.of(
            new Evidence("KeyRotationEnabled", "true", String.valueOf(status.keyRotationEnabled())),
            new Evidence(
                "RotationPeriodInDays",
                String.valueOf(period),
                String.valueOf(status.rotationPeriodInDays())));
    return judged(
        Facts.of(Map.of("nextRotation", String.valueOf(status.nextRotationDate()))),
        evidence,
        "The key's rotation is not as it was set",
        "Find out who changed it. Resume, or roll back.");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
