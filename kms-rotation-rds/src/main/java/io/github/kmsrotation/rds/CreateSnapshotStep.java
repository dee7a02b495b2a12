package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/** The source document's first step. */
final class CreateSnapshotStep extends SnapshotStep {

  static final String ID = "snapshot";

  CreateSnapshotStep(Env env, OriginalServes originalServes) {
    super(
        ID,
        "Make a DB snapshot of " + env.names().original(),
        "rds:CreateDBSnapshot",
        env.names().snapshot(),
        env,
        originalServes);
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
    return AsPlanned.obstacle(env, context, original(context));
  }

  @Override
  Optional<StepOutcome> flaw(DBSnapshot snapshot) {
    return Optional.empty();
  }
}
