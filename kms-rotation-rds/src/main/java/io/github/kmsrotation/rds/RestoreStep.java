package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DbInstanceAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.InvalidDbSnapshotStateException;
import software.amazon.awssdk.services.rds.model.RestoreDbInstanceFromDbSnapshotRequest;
import software.amazon.awssdk.services.rds.model.Tag;

/** The source document's third step: a DB instance from the copied DB snapshot. */
final class RestoreStep extends RdsStep {

  static final String ID = "restore";

  private static final String RESTORE = "rds:RestoreDBInstanceFromDBSnapshot";

  /** States that a restore passes through by itself on its way to available. */
  static final Set<String> ON_THE_WAY =
      Set.of(
          "creating",
          "backing-up",
          "modifying",
          "rebooting",
          "renaming",
          "configuring-enhanced-monitoring",
          "configuring-iam-database-auth",
          "configuring-log-exports",
          "maintenance",
          "resetting-master-credentials",
          "starting",
          "storage-optimization",
          "storage-config-upgrade",
          "upgrading");

  private final OriginalServes originalServes;
  private final Absence absence = new Absence();

  RestoreStep(Env env, OriginalServes originalServes) {
    super(
        new StepDescription(
            ID,
            "Restore the copied DB snapshot to a DB instance with the original's settings",
            Phase.COPY,
            List.of(RESTORE),
            List.of(MODIFY, Retirement.DELETE),
            List.of("DB instance " + env.names().replacement()),
            Undo.UNDOABLE),
        env);
    this.originalServes = originalServes;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> found = rds.instance(context, names.replacement());
    if (found.isPresent()) {
      return judge(found.get());
    }
    if (isSettling(context, RESTORE, names.replacement())) {
      return waitUntilFound();
    }
    Optional<DBInstance> original = original(context);
    if (original.isEmpty()) {
      return gone("The DB instance " + names.original());
    }
    RestoreDbInstanceFromDbSnapshotRequest request = request(original.get());
    try {
      context.mutate(
          RESTORE,
          names.replacement(),
          () -> rds.client().restoreDBInstanceFromDBSnapshot(request));
    } catch (DbInstanceAlreadyExistsException e) {
      // Made by an attempt whose answer was lost; not visible yet when this one looked.
    } catch (InvalidDbSnapshotStateException e) {
      return waitFor("rds:DBSnapshotAvailable", names.rekeyedSnapshot(), "busy");
    }
    return waitFor("rds:DBInstanceAvailable", names.replacement(), "just requested");
  }

  private RestoreDbInstanceFromDbSnapshotRequest request(DBInstance original) {
    RestoreDbInstanceFromDbSnapshotRequest.Builder request =
        RestoreDbInstanceFromDbSnapshotRequest.builder()
            .dbInstanceIdentifier(names.replacement())
            .dbSnapshotIdentifier(names.rekeyedSnapshot());
    for (Setting setting : Settings.ALL) {
      if (setting.applies().test(original)) {
        setting.restore().accept(request, original);
      }
    }
    List<Tag> tags = new ArrayList<>(Settings.ownTags(original));
    tags.add(names.tag());
    return request.tags(tags).build();
  }

  /** RDS shows a new DB instance only after it answered. */
  private StepOutcome waitUntilFound() {
    return waitFor("rds:DBInstanceFound", names.replacement(), "requested, not shown yet");
  }

  private StepOutcome judge(DBInstance instance) {
    if (!names.isMine(instance.tagList())) {
      return StepOutcome.blocked(
          "A DB instance '" + names.replacement() + "' is there that this run did not make.",
          "Delete or rename it, or roll back and make a new plan.");
    }
    if (ON_THE_WAY.contains(instance.dbInstanceStatus())) {
      return waitFor(instance);
    }
    if (!Rds.isAvailable(instance)) {
      return StepOutcome.blocked(
          "The restored DB instance '"
              + names.replacement()
              + "' is "
              + instance.dbInstanceStatus()
              + ".",
          "Look at its events in RDS. Mend it and resume, or roll back.");
    }
    if (!targetKeyArn().equals(instance.kmsKeyId())) {
      return StepOutcome.blocked(
          "The restored DB instance is under " + instance.kmsKeyId() + ", not the new key.",
          "Roll back and report this; the original is untouched.");
    }
    return StepOutcome.done(
        Facts.of(
            Map.of(
                REPLACEMENT_RESOURCE_ID,
                instance.dbiResourceId(),
                "kmsKeyId",
                instance.kmsKeyId())));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<DBInstance> known = replacement(context);
    Optional<DBInstance> found =
        known.isPresent() ? known : rds.instance(context, names.replacement());
    boolean mayBeThere = known.isPresent() || mayHaveMade(context);
    if (found.isEmpty()) {
      return mayBeThere && !isDeleted(context) && !absence.isCertain(context)
          ? waitUntilFound()
          : removal(context).undone(context);
    }
    DBInstance instance = found.get();
    String identifier = instance.dbInstanceIdentifier();
    if (!names.isMine(instance.tagList())) {
      return mayBeThere
          ? untagged("DB instance", identifier, names)
          : removal(context).undone(context);
    }
    if (!identifier.equals(names.replacement())) {
      return StepOutcome.blocked(
          "The replacement is called '" + identifier + "', not '" + names.replacement() + "'.",
          "Somebody may use it, so it is not deleted. Rename it to '"
              + names.replacement()
              + "' or delete it by hand, and roll back again.");
    }
    if (instance.dbInstanceStatus().equals("deleting")) {
      return waitFor("rds:DBInstanceDeleted", identifier, "deleting");
    }
    return removal(context).remove(context, instance);
  }

  private boolean mayHaveMade(StepContext context) {
    return context.lastSent(RESTORE, names.replacement()).isPresent()
        || context.factsOf(ID).find(REPLACEMENT_RESOURCE_ID).isPresent();
  }

  private boolean isDeleted(StepContext context) {
    return context.lastSent(Retirement.DELETE, names.replacement()).isPresent();
  }

  private ReplacementRemoval removal(StepContext context) {
    return new ReplacementRemoval(this, originalServes, context.hasBegun(RenameStep.TAKE_OVER));
  }
}
