package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Right before the replacement takes over: the verification may be days old, since the cutover
 * awaits an approval.
 */
final class Handover {

  private Handover() {}

  /** What is in the way of the original's stepping aside; empty if nothing is. */
  static Optional<StepOutcome> obstacle(RdsStep.Env env, StepContext context, DBInstance original) {
    return Fitness.ofReplacement(env, context, env.names().replacement())
        .or(() -> Topology.obstacle(context, env.rds(), original))
        .or(() -> env.replacement(context).flatMap(other -> differences(env, original, other)));
  }

  /** Settings that differ by now; empty if none does. */
  static Optional<StepOutcome> differences(
      RdsStep.Env env, DBInstance original, DBInstance replacement) {
    List<Evidence> differences =
        SettingsVerifier.compare(original, replacement, env.names().way()).stream()
            .filter(e -> !e.matches())
            .toList();
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new StepOutcome.Blocked(
                "The original was changed since its settings were carried over: "
                    + differences
                    + ".",
                "Change '"
                    + replacement.dbInstanceIdentifier()
                    + "' in the same way and resume, or roll back.",
                differences));
  }
}
