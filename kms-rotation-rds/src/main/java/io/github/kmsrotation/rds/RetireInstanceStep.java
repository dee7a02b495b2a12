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
import software.amazon.awssdk.services.rds.model.InvalidDbInstanceStateException;

/** The source document's last step: deletes the original, with a final DB snapshot that stays. */
final class RetireInstanceStep extends RdsStep {

  private static final String MODIFY = "rds:ModifyDBInstance";
  private static final String DELETE = "rds:DeleteDBInstance";

  RetireInstanceStep(Env env) {
    super(
        new StepDescription(
            "retire-original",
            "Delete the original; its final DB snapshot "
                + env.names().finalSnapshot()
                + " stays under the old KMS key",
            Phase.RETIRE,
            List.of(MODIFY, DELETE),
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
    DBInstance original = found.get();
    String identifier = original.dbInstanceIdentifier();
    if (!identifier.equals(names.asideName())) {
      return StepOutcome.blocked(
          "The original is called '" + identifier + "', not '" + names.asideName() + "'.",
          "It may be serving, so it is not deleted. Find out who renamed it.");
    }
    if (original.dbInstanceStatus().equals("deleting")) {
      return waitFor("rds:DBInstanceDeleted", identifier, "deleting");
    }
    try {
      return delete(context, original);
    } catch (InvalidDbInstanceStateException e) {
      return waitFor(original);
    } catch (DbInstanceNotFoundException e) {
      return waitFor("rds:DBInstanceDeleted", identifier, "gone");
    } catch (DbSnapshotAlreadyExistsException e) {
      return waitFor("rds:DBInstanceDeleted", identifier, "final DB snapshot is there");
    }
  }

  private StepOutcome delete(StepContext context, DBInstance original) {
    String identifier = original.dbInstanceIdentifier();
    if (!Rds.isAvailable(original)) {
      return waitFor(original);
    }
    Optional<StepOutcome> obstacle = obstacle(context, original);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    if (isSettling(context, DELETE, identifier)) {
      return waitFor("rds:DBInstanceDeleted", identifier, "requested");
    }
    if (Boolean.TRUE.equals(original.deletionProtection())) {
      if (isSettling(context, MODIFY, identifier)) {
        return waitFor("rds:DeletionProtectionOff", identifier, "requested");
      }
      context.mutate(
          MODIFY,
          identifier,
          () ->
              rds.client()
                  .modifyDBInstance(
                      r ->
                          r.dbInstanceIdentifier(identifier)
                              .deletionProtection(false)
                              .applyImmediately(true)));
      return waitFor("rds:DeletionProtectionOff", identifier, "requested");
    }
    context.mutate(
        DELETE,
        identifier,
        () ->
            rds.client()
                .deleteDBInstance(
                    r ->
                        r.dbInstanceIdentifier(identifier)
                            .skipFinalSnapshot(false)
                            .finalDBSnapshotIdentifier(names.finalSnapshot())
                            .deleteAutomatedBackups(false)));
    return waitFor("rds:DBInstanceDeleted", identifier, "requested");
  }

  private Optional<StepOutcome> obstacle(StepContext context, DBInstance original) {
    return Fitness.ofReplacement(env, context, names.original())
        .or(() -> Topology.obstacle(context, rds, original))
        .or(() -> finalSnapshotTaken(context, original));
  }

  /** Nothing of this run can have made it before it asked for the deletion. */
  private Optional<StepOutcome> finalSnapshotTaken(StepContext context, DBInstance original) {
    boolean isOurs = context.timesSent(DELETE, original.dbInstanceIdentifier()) > 0;
    return rds.snapshot(context, names.finalSnapshot())
        .filter(snapshot -> !isOurs || !isOfOriginal(snapshot))
        .map(snapshot -> takenBy(snapshot));
  }

  private boolean isOfOriginal(DBSnapshot snapshot) {
    return plan.attribute(ORIGINAL_RESOURCE_ID).equals(snapshot.dbiResourceId());
  }

  private StepOutcome takenBy(DBSnapshot snapshot) {
    return StepOutcome.blocked(
        "There is a DB snapshot '"
            + names.finalSnapshot()
            + "' that is not this run's final one: it was made of '"
            + snapshot.dbInstanceIdentifier()
            + "' ("
            + snapshot.dbiResourceId()
            + ").",
        "Nothing was deleted by this step. Copy it to another name, delete it, and resume.");
  }

  private StepOutcome afterDeletion(StepContext context) {
    Optional<DBSnapshot> last = rds.snapshot(context, names.finalSnapshot());
    if (last.isPresent() && !isOfOriginal(last.get())) {
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
