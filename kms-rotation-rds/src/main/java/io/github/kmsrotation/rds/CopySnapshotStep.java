package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/** The source document's second step: the copy is under the new key. */
final class CopySnapshotStep extends SnapshotStep {

  static final String ID = "copy-snapshot";

  CopySnapshotStep(Env env, OriginalServes originalServes) {
    super(
        ID,
        "Copy the DB snapshot under the new KMS key",
        "rds:CopyDBSnapshot",
        env.names().rekeyedSnapshot(),
        env,
        originalServes);
  }

  @Override
  void create(StepContext context) {
    rds.client()
        .copyDBSnapshot(
            r ->
                r.sourceDBSnapshotIdentifier(names.snapshot())
                    .targetDBSnapshotIdentifier(names.rekeyedSnapshot())
                    .kmsKeyId(targetKeyArn())
                    .copyTags(false)
                    .tags(names.tag()));
  }

  @Override
  Optional<StepOutcome> obstacle(StepContext context) {
    return rds.snapshot(context, names.snapshot()).isPresent()
        ? Optional.empty()
        : Optional.of(gone("The DB snapshot " + names.snapshot()));
  }

  @Override
  Optional<StepOutcome> flaw(DBSnapshot snapshot) {
    return targetKeyArn().equals(snapshot.kmsKeyId())
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                "The copied DB snapshot is under " + snapshot.kmsKeyId() + ", not the new key.",
                "Roll back and report this; the original is untouched."));
  }
}
