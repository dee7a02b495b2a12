package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.spi.TargetKey;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Whether a side of the rotation can serve. Looked at before the other side is taken away: what was
 * true when a step before was done need not be true any more. Empty if it can.
 */
final class Fitness {

  private Fitness() {}

  /** The replacement, under that name and the new key, which can be used. */
  static Optional<StepOutcome> ofReplacement(RdsStep.Env env, StepContext context, String name) {
    Optional<DBInstance> found = env.replacement(context);
    if (found.isEmpty()) {
      return blocked(
          "The replacement of " + env.names().original() + " is not there any more.",
          "The original is left as it is. Roll back to it, or, where this run has begun to retire"
              + " it, rename it back by hand.");
    }
    DBInstance replacement = found.get();
    Optional<StepOutcome> state = state(env, "replacement", replacement, name);
    if (state.isPresent()) {
      return state;
    }
    if (!env.targetKeyArn().equals(replacement.kmsKeyId())) {
      return blocked(
          "The replacement '"
              + name
              + "' is under "
              + replacement.kmsKeyId()
              + ", not the new key.",
          "The original is left as it is. Find out who changed the replacement.");
    }
    return TargetKey.obstacle(context, env.kms(), env.targetKeyArn(), "the replacement is");
  }

  /** The original, if it was found, under that name. */
  static Optional<StepOutcome> ofOriginal(
      RdsStep.Env env, Optional<DBInstance> found, String name) {
    return found.isEmpty()
        ? blocked(
            "The original of "
                + env.names().original()
                + " is not there any more: somebody else deleted it.",
            "Whatever of this run is there is left as it is, since nothing else may hold the"
                + " data. Look at it by hand.")
        : state(env, "original", found.get(), name);
  }

  private static Optional<StepOutcome> state(
      RdsStep.Env env, String role, DBInstance instance, String name) {
    String status = instance.dbInstanceStatus();
    if (RestoreStep.ON_THE_WAY.contains(status)) {
      return Optional.of(env.waitFor(instance));
    }
    if (!instance.dbInstanceIdentifier().equals(name)) {
      return blocked(
          "The "
              + role
              + " is called '"
              + instance.dbInstanceIdentifier()
              + "', not '"
              + name
              + "': somebody else renamed it.",
          "Rename it to '" + name + "' and go on.");
    }
    return Rds.isAvailable(instance)
        ? Optional.empty()
        : blocked(
            "The " + role + " '" + name + "' is " + status + ", not available.",
            "Look at its events in RDS, bring it to available and go on.");
  }

  private static Optional<StepOutcome> blocked(String reason, String remedy) {
    return Optional.of(StepOutcome.blocked(reason, remedy));
  }
}
