package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Whether the original still is what the plan was made for. Looked at before its writers are
 * frozen, since a run that would be refused right afterwards had cost its clients an outage.
 */
final class AsPlanned {

  private AsPlanned() {}

  /** Empty if it is, and can be worked with now. */
  static Optional<StepOutcome> obstacle(
      RdsStep.Env env, StepContext context, Optional<DBInstance> found) {
    RdsNames names = env.names();
    if (found.isEmpty()) {
      return Optional.of(RdsStep.gone("The DB instance " + names.original()));
    }
    DBInstance original = found.get();
    String key = Settings.text(original.kmsKeyId());
    if (!original.dbInstanceIdentifier().equals(names.original())
        || !key.equals(env.plan().currentKeyArn().orElse(""))) {
      return Optional.of(
          StepOutcome.blocked(
              "The DB instance changed since the plan was made: it is now called "
                  + original.dbInstanceIdentifier()
                  + " and its KMS key is "
                  + key
                  + ".",
              "Roll this run back, which has copied nothing yet, and make a new plan."));
    }
    if (!Rds.isAvailable(original)) {
      return Optional.of(env.waitFor(original));
    }
    return Topology.obstacle(context, env.rds(), original)
        .or(() -> new OtherRuns(env.rds(), names).obstacle(context, original));
  }
}
