package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.GetKeyRotationStatusResponse;

/**
 * Has AWS rotate the key automatically; backwards sets what was set before. The date of the next
 * rotation counts from the call that sets the period, so that going back does not bring the former
 * date back.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html">
 *     EnableKeyRotation</a>
 */
final class EnableRotationStep extends KeyStep {

  private static final String ENABLE = "kms:EnableKeyRotation";
  private static final String DISABLE = "kms:DisableKeyRotation";

  private final Optional<Integer> period;
  private final Optional<Integer> formerPeriod;

  EnableRotationStep(Env env, int period, Optional<Integer> formerPeriod) {
    super(
        new StepDescription(
            "enable-rotation",
            "Have AWS rotate the key every "
                + period
                + " days"
                + formerPeriod.map(days -> " instead of every " + days).orElse(""),
            Phase.CUTOVER,
            List.of(ENABLE),
            formerPeriod.isPresent() ? List.of() : List.of(DISABLE),
            List.of(),
            Undo.UNDOABLE),
        env);
    this.period = Optional.of(period);
    this.formerPeriod = formerPeriod;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return set(context, formerPeriod, period);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return context.lastSent(ENABLE, key()).isPresent()
        ? set(context, period, formerPeriod)
        : StepOutcome.done();
  }

  private StepOutcome set(StepContext context, Optional<Integer> from, Optional<Integer> to) {
    GetKeyRotationStatusResponse status = kms.rotation(context, region(), key());
    Optional<Integer> now = period(status);
    String operation = to.isPresent() ? ENABLE : DISABLE;
    boolean isSent = context.timesSent(operation, key()) > 0;
    if (now.equals(to)) {
      if (!isSent && isSettling(context, ENABLE, key())) {
        // Only backwards: KMS may not show yet what is to be undone.
        return waitFor("kms:RotationSet", key(), "requested");
      }
      return StepOutcome.done(
          to.isEmpty()
              ? Facts.none()
              : Facts.of(Map.of("nextRotation", String.valueOf(status.nextRotationDate()))));
    }
    if (isSent && isSettling(context, operation, key())) {
      return waitFor("kms:RotationSet", key(), "requested");
    }
    if (!now.equals(from)) {
      return StepOutcome.blocked(
          "Somebody else has set the key's rotation "
              + now.map(days -> "to every " + days + " days").orElse("off")
              + " since the plan was made.",
          "Roll this run back; make a new plan if it is to be changed all the same.");
    }
    if (to.isPresent()) {
      context.mutate(
          ENABLE,
          key(),
          () ->
              kms.in(region())
                  .enableKeyRotation(r -> r.keyId(key()).rotationPeriodInDays(to.get())));
    } else {
      context.mutate(
          DISABLE, key(), () -> kms.in(region()).disableKeyRotation(r -> r.keyId(key())));
    }
    return waitFor("kms:RotationSet", key(), "requested");
  }

  static Optional<Integer> period(GetKeyRotationStatusResponse status) {
    return Boolean.TRUE.equals(status.keyRotationEnabled())
        ? Optional.ofNullable(status.rotationPeriodInDays())
        : Optional.empty();
  }
}
