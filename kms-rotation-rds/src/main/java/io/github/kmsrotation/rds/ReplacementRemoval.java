package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DbInstanceNotFoundException;
import software.amazon.awssdk.services.rds.model.DbSnapshotAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.DeleteDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.DeleteDbInstanceResponse;
import software.amazon.awssdk.services.rds.model.InvalidDbInstanceStateException;

/**
 * Takes a replacement away that does not serve, once the original does. What clients wrote to it
 * while it served is in no other place, so then a final DB snapshot of it stays.
 */
final class ReplacementRemoval {

  private final RdsStep step;
  private final RdsStep.Env env;
  private final RdsNames names;
  private final OriginalServes originalServes;
  private final boolean served;

  /**
   * @param step whose calls these are
   * @param served whether clients may have written to it
   */
  ReplacementRemoval(RdsStep step, OriginalServes originalServes, boolean served) {
    this.step = step;
    this.env = step.env;
    this.names = step.names;
    this.originalServes = originalServes;
    this.served = served;
  }

  StepOutcome remove(StepContext context, DBInstance replacement) {
    return originalServes
        .obstacle(context)
        .or(() -> rescueNameTaken(context, replacement))
        .orElseGet(() -> send(context, replacement));
  }

  private Optional<StepOutcome> rescueNameTaken(StepContext context, DBInstance replacement) {
    return served
        ? env.rds()
            .snapshot(context, names.rescueSnapshot())
            .filter(snapshot -> !replacement.dbiResourceId().equals(snapshot.dbiResourceId()))
            .map(
                snapshot ->
                    StepOutcome.blocked(
                        "There is a DB snapshot '"
                            + names.rescueSnapshot()
                            + "' that is not of the replacement.",
                        "The replacement is not deleted, since it holds the writes since the"
                            + " cutover. Copy the DB snapshot to another name, delete it, and roll"
                            + " back again."))
        : Optional.empty();
  }

  private StepOutcome send(StepContext context, DBInstance instance) {
    String identifier = instance.dbInstanceIdentifier();
    try {
      if (RdsStep.isProtected(instance)) {
        step.setDeletionProtection(context, identifier, false);
      } else {
        context.mutate(Retirement.DELETE, identifier, () -> delete(identifier));
      }
    } catch (DbInstanceNotFoundException e) {
      return undone(context);
    } catch (InvalidDbInstanceStateException | DbSnapshotAlreadyExistsException e) {
      // A deletion whose answer was lost may be under way, and has made the final DB snapshot.
      return env.waitFor(instance);
    }
    return env.waitFor("rds:DBInstanceDeleted", identifier, "deletion just requested");
  }

  private DeleteDbInstanceResponse delete(String identifier) {
    DeleteDbInstanceRequest.Builder request =
        DeleteDbInstanceRequest.builder()
            .dbInstanceIdentifier(identifier)
            .deleteAutomatedBackups(true)
            .skipFinalSnapshot(!served);
    if (served) {
      request.finalDBSnapshotIdentifier(names.rescueSnapshot());
    }
    return env.rds().client().deleteDBInstance(request.build());
  }

  StepOutcome undone(StepContext context) {
    return served && env.rds().snapshot(context, names.rescueSnapshot()).isPresent()
        ? StepOutcome.done(
            Facts.of(
                Map.of(
                    Facts.KEPT,
                    "DB snapshot "
                        + names.rescueSnapshot()
                        + ": of the replacement, which clients may have written to; take over what"
                        + " you need, and delete it")))
        : StepOutcome.done();
  }
}
