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
import software.amazon.awssdk.services.rds.model.DBSnapshot;
import software.amazon.awssdk.services.rds.model.DbSnapshotAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.DbSnapshotNotFoundException;
import software.amazon.awssdk.services.rds.model.InvalidDbInstanceStateException;
import software.amazon.awssdk.services.rds.model.InvalidDbSnapshotStateException;

/** Making a DB snapshot and, backwards or at the end, deleting it. */
abstract class SnapshotStep extends RdsStep {

  static final String DELETE = "rds:DeleteDBSnapshot";
  private static final String SNAPSHOT_ARN = "snapshotArn";

  private final String identifier;
  private final String operation;
  private final OriginalServes originalServes;
  private final Absence absence = new Absence();

  SnapshotStep(
      String id,
      String title,
      String operation,
      String identifier,
      RdsStep.Env env,
      OriginalServes originalServes) {
    super(
        new StepDescription(
            id,
            title,
            Phase.COPY,
            List.of(operation),
            List.of(DELETE),
            List.of("DB snapshot " + identifier),
            Undo.UNDOABLE),
        env);
    this.identifier = identifier;
    this.operation = operation;
    this.originalServes = originalServes;
  }

  /** Sends the one call that makes the snapshot. */
  abstract void create(StepContext context);

  /** Why the world is not as the plan found it, if it is not. */
  abstract Optional<StepOutcome> obstacle(StepContext context);

  /** What is wrong with the finished snapshot, if anything is. */
  abstract Optional<StepOutcome> flaw(DBSnapshot snapshot);

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBSnapshot> found = rds.snapshot(context, identifier);
    if (found.isPresent()) {
      return judge(found.get());
    }
    if (isSettling(context, operation, identifier)) {
      return waitUntilFound();
    }
    Optional<StepOutcome> obstacle = obstacle(context);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    try {
      context.mutate(
          operation,
          identifier,
          () -> {
            create(context);
            return identifier;
          });
    } catch (DbSnapshotAlreadyExistsException e) {
      // Made by an attempt whose answer was lost; not visible yet when this one looked.
    } catch (InvalidDbInstanceStateException | InvalidDbSnapshotStateException e) {
      return waitFor("rds:ReadyForSnapshot", identifier, "busy");
    }
    return waitFor("rds:DBSnapshotAvailable", identifier, "just requested");
  }

  /** RDS shows a new DB snapshot only after it answered. */
  private StepOutcome waitUntilFound() {
    return waitFor("rds:DBSnapshotFound", identifier, "requested, not shown yet");
  }

  private StepOutcome judge(DBSnapshot snapshot) {
    if (!names.isMine(snapshot.tagList())) {
      return StepOutcome.blocked(
          "A DB snapshot '" + identifier + "' is there that this run did not make.",
          "Delete or rename it, or roll back and make a new plan.");
    }
    switch (snapshot.status()) {
      case "available" -> {
        return flaw(snapshot)
            .orElseGet(
                () ->
                    StepOutcome.done(
                        Facts.of(
                            Map.of(
                                SNAPSHOT_ARN,
                                snapshot.dbSnapshotArn(),
                                "kmsKeyId",
                                Settings.text(snapshot.kmsKeyId())))));
      }
      case "creating", "copying", "pending" -> {
        return waitFor(snapshot);
      }
      default -> {
        return StepOutcome.blocked(
            "The DB snapshot '" + identifier + "' is " + snapshot.status() + ".",
            "A failed copy often means that the KMS key cannot be used any more: look at the key"
                + " and its policy. Delete the DB snapshot and resume, or roll back.");
      }
    }
  }

  @Override
  public StepOutcome undo(StepContext context) {
    boolean mayBeThere =
        isMadeBy(description().id(), context)
            || context.lastSent(operation, identifier).isPresent();
    boolean isDeleted = context.lastSent(DELETE, identifier).isPresent();
    Optional<DBSnapshot> found = rds.snapshot(context, identifier);
    if (found.isEmpty()) {
      return mayBeThere && !isDeleted && !absence.isCertain(context)
          ? waitUntilFound()
          : StepOutcome.done();
    }
    if (!names.isMine(found.get().tagList())) {
      return mayBeThere ? untagged("DB snapshot", identifier, names) : StepOutcome.done();
    }
    return originalServes.obstacle(context).orElseGet(() -> delete(this, context, identifier));
  }

  static boolean isMadeBy(String stepId, StepContext context) {
    return context.factsOf(stepId).find(SNAPSHOT_ARN).isPresent();
  }

  /** Deletes what is there and this run's. Done once it is gone. */
  static StepOutcome delete(RdsStep step, StepContext context, String identifier) {
    try {
      context.mutate(
          DELETE,
          identifier,
          () -> step.rds.client().deleteDBSnapshot(r -> r.dbSnapshotIdentifier(identifier)));
    } catch (DbSnapshotNotFoundException e) {
      return StepOutcome.done();
    } catch (InvalidDbSnapshotStateException e) {
      // Being deleted by a call whose answer was lost.
    }
    return step.waitFor("rds:DBSnapshotDeleted", identifier, "deleting");
  }
}
