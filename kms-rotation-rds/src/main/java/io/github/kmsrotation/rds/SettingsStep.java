package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.plan.VerifyStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Compares the settings once neither DB instance is in a state that passes by itself, such as a
 * nightly backup. Done twice: the approval for the cutover may take days, in which somebody may
 * change the original.
 */
final class SettingsStep extends RdsStep {

  private final VerifyStep comparison;

  private SettingsStep(String id, String title, Phase phase, Env env) {
    super(new StepDescription(id, title, phase, List.of(), List.of(), Undo.NOTHING_TO_UNDO), env);
    this.comparison = new VerifyStep(id, title, phase, new SettingsVerifier(env));
  }

  static SettingsStep verify(Env env) {
    return new SettingsStep(
        "verify-settings",
        "Compare every setting, tag and role, and the KMS key",
        Phase.VERIFY,
        env);
  }

  static SettingsStep recheck(Env env) {
    return new SettingsStep(
        "check-settings",
        "Compare the settings once more: did anybody change the original since?",
        Phase.CUTOVER,
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> original = original(context);
    Optional<DBInstance> replacement = replacement(context);
    if (original.isEmpty() || replacement.isEmpty()) {
      return gone("The original or the replacement of " + names.original());
    }
    Optional<DBInstance> passing =
        Stream.of(original.get(), replacement.get())
            .filter(instance -> RestoreStep.ON_THE_WAY.contains(instance.dbInstanceStatus()))
            .findFirst();
    return passing.isPresent() ? waitFor(passing.get()) : comparison.advance(context);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
