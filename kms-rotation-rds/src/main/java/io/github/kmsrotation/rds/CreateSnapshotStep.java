package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/** The source document's first step. */
final class CreateSnapshotStep extends SnapshotStep {

  static final String ID = "snapshot";

  CreateSnapshotStep(Env env) {
    super(
        ID,
        "Make a DB snapshot of " + env.names().original(),
        "rds:CreateDBSnapshot",
        env.names().snapshot(),
        env);
  }

  @Override
  void create(StepContext context) {
    rds.client()
        .createDBSnapshot(
            r ->
                r.dbInstanceIdentifier(names.original())
                    .dbSnapshotIdentifier(names.snapshot())
                    .tags(names.tag()));
  }

  @Override
  Optional<StepOutcome> obstacle(StepContext context) {
    Optional<DBInstance> original = original(context);
    if (original.isEmpty()) {
      return Optional.of(gone("The DB instance " + names.original()));
    }
    String key = Settings.text(original.get().kmsKeyId());
    if (!original.get().dbInstanceIdentifier().equals(names.original())
        || !key.equals(plan.currentKeyArn().orElse(""))) {
      return Optional.of(
          StepOutcome.blocked(
              "The DB instance changed since the plan was made: it is now called "
                  + original.get().dbInstanceIdentifier()
                  + " and its KMS key is "
                  + key
                  + ".",
              "Make a new plan. Nothing was done."));
    }
    if (!Rds.isAvailable(original.get())) {
      return Optional.of(waitFor(original.get()));
    }
    return Topology.obstacle(context, rds, original.get())
        .or(() -> new OtherRuns(rds, names).obstacle(context, original.get()));
  }

  @Override
  Optional<StepOutcome> flaw(DBSnapshot snapshot) {
    return Optional.empty();
  }
}
