package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;
import software.amazon.awssdk.services.rds.model.DbInstanceNotFoundException;
import software.amazon.awssdk.services.rds.model.DbSnapshotAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.DeleteDbInstanceResponse;
import software.amazon.awssdk.services.rds.model.InvalidDbInstanceStateException;

/** The source document's last step: deletes the original, with a final DB snapshot that stays. */
final class RetireInstanceStep extends RdsStep {

  static final String ID = "retire-original";

  RetireInstanceStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Delete the original; its final DB snapshot "
                + env.names().finalSnapshot()
                + " stays under the old KMS key",
            Phase.RETIRE,
            List.of(Retirement.DELETE),
            List.of("DB snapshot " + env.names().finalSnapshot()),
            Undo.IRREVERSIBLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> found = original(context);
    if (found.isEmpty()) {
      return afterDeletion(context);
    }
    return Retirement.obstacle(env, context, found).orElseGet(() -> retire(context, found.get()));
  }

  private StepOutcome retire(StepContext context, DBInstance original) {
    if (isSettling(context, Retirement.DELETE, names.asideName())) {
      return waitForDeletion("requested");
    }
    if (isProtected(original)) {
      return StepOutcome.blocked(
          "Somebody put the deletion protection of '" + names.asideName() + "' on again.",
          "Nothing was deleted. Take it off and resume, or roll back.");
    }
    try {
      context.mutate(Retirement.DELETE, names.asideName(), this::delete);
    } catch (InvalidDbInstanceStateException e) {
      return waitFor(original);
    } catch (DbInstanceNotFoundException e) {
      return waitForDeletion("gone");
    } catch (DbSnapshotAlreadyExistsException e) {
      return waitForDeletion("final DB snapshot is there");
    }
    return waitForDeletion("requested");
  }

  private DeleteDbInstanceResponse delete() {
    return rds.client()
        .deleteDBInstance(
            r ->
                r.dbInstanceIdentifier(names.asideName())
                    .skipFinalSnapshot(false)
                    .finalDBSnapshotIdentifier(names.finalSnapshot())
                    .deleteAutomatedBackups(false));
  }

  private StepOutcome waitForDeletion(String seen) {
    return waitFor("rds:DBInstanceDeleted", names.asideName(), seen);
  }

  private StepOutcome afterDeletion(StepContext context) {
    Optional<DBSnapshot> last = rds.snapshot(context, names.finalSnapshot());
    if (last.isPresent() && !Retirement.isOfOriginal(env, last.get())) {
      return StepOutcome.blocked(
          "The original is gone, and the DB snapshot '"
              + names.finalSnapshot()
              + "' is not of it but of '"
              + last.get().dbInstanceIdentifier()
              + "'.",
          "Somebody else deleted the original. The replacement serves; the intermediate DB"
              + " snapshots of this run are kept. Find out where the original's data was kept.");
    }
    if (last.isEmpty()) {
      return StepOutcome.blocked(
          "The original is gone and its final DB snapshot '"
              + names.finalSnapshot()
              + "' is not there.",
          "Somebody else deleted it. The replacement serves; the intermediate DB snapshots of this"
              + " run are kept. Resume once you have looked at it.");
    }
    return last.get().status().equals("available")
        ? StepOutcome.done(
            Facts.of(
                Map.of(
                    "finalSnapshotArn",
                    last.get().dbSnapshotArn(),
                    "finalSnapshotKey",
                    Settings.text(last.get().kmsKeyId()))))
        : waitFor(last.get());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw new IllegalStateException("RETIRE cannot be undone");
  }
}
