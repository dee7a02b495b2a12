package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DbInstanceAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.DbInstanceNotFoundException;
import software.amazon.awssdk.services.rds.model.InvalidDbInstanceStateException;

/**
 * Renames a DB instance, and backwards renames it back. The endpoint goes with the name, so that
 * the one that takes the original's name is served to its clients.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html">Renaming
 *     a DB instance</a>
 */
final class RenameStep extends RdsStep {

  static final String TAKE_OVER = "take-over";
  private static final int MOST_ATTEMPTS = 5;

  private final boolean isOriginal;
  private final String from;
  private final String to;

  /** Counted anew by every process, so that whoever resumes tries again. */
  private int attempts;

  private RenameStep(String id, String title, boolean isOriginal, String from, String to, Env env) {
    super(
        new StepDescription(id, title, Phase.CUTOVER, List.of(MODIFY), List.of(), Undo.UNDOABLE),
        env);
    this.isOriginal = isOriginal;
    this.from = from;
    this.to = to;
  }

  static RenameStep stepAside(Env env) {
    RdsNames names = env.names();
    return new RenameStep(
        "step-aside",
        "Rename the original to " + names.asideName() + ": from here on nothing serves",
        true,
        names.original(),
        names.asideName(),
        env);
  }

  static RenameStep takeOver(Env env) {
    RdsNames names = env.names();
    return new RenameStep(
        TAKE_OVER,
        "Rename the replacement to " + names.original() + ", which keeps the endpoint",
        false,
        names.replacement(),
        names.original(),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return rename(context, from, to, () -> mayGoForward(context));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return isOutOfTheWay(context)
        ? StepOutcome.done()
        : rename(context, to, from, () -> mayGoBack(context));
  }

  /** A replacement that somebody deleted serves nobody and needs not make room. */
  private boolean isOutOfTheWay(StepContext context) {
    return !isOriginal
        && replacement(context).isEmpty()
        && !isSettling(context, MODIFY, from)
        && rds.instance(context, names.original()).isEmpty();
  }

  /** The original makes room only for a replacement that can serve, and is as it is. */
  private Optional<StepOutcome> mayGoForward(StepContext context) {
    return isOriginal
        ? original(context).flatMap(original -> Handover.obstacle(env, context, original))
        : Optional.empty();
  }

  /** The replacement makes room only for an original that can serve. */
  private Optional<StepOutcome> mayGoBack(StepContext context) {
    return isOriginal
        ? Optional.empty()
        : Fitness.ofOriginal(env, original(context), names.asideName());
  }

  private StepOutcome rename(
      StepContext context,
      String oldName,
      String newName,
      Supplier<Optional<StepOutcome>> precondition) {
    Optional<DBInstance> found = isOriginal ? original(context) : replacement(context);
    if (found.isEmpty()) {
      return gone("The DB instance " + oldName);
    }
    DBInstance instance = found.get();
    if (instance.dbInstanceIdentifier().equals(newName)) {
      return Rds.isAvailable(instance) && !isUnderWay(instance)
          ? StepOutcome.done()
          : waitFor(instance);
    }
    if (!instance.dbInstanceIdentifier().equals(oldName)) {
      return StepOutcome.blocked(
          "A DB instance of this run is called '"
              + instance.dbInstanceIdentifier()
              + "': somebody else renamed it.",
          "Rename it to '" + oldName + "' and go on.");
    }
    if (!Rds.isAvailable(instance)
        || isUnderWay(instance)
        || isSettling(context, MODIFY, oldName)) {
      return waitFor("rds:DBInstanceRenamed", newName, instance.dbInstanceStatus());
    }
    Optional<StepOutcome> obstacle = precondition.get();
    return obstacle.isPresent() ? obstacle.get() : send(context, oldName, newName);
  }

  private static boolean isUnderWay(DBInstance instance) {
    return instance.pendingModifiedValues() != null
        && instance.pendingModifiedValues().dbInstanceIdentifier() != null;
  }

  private StepOutcome send(StepContext context, String oldName, String newName) {
    if (++attempts > MOST_ATTEMPTS) {
      return StepOutcome.blocked(
          "RDS took the renaming of '" + oldName + "' several times and does not rename it.",
          "Rename it to '" + newName + "' by hand and go on, or roll back.");
    }
    try {
      context.mutate(
          MODIFY,
          oldName,
          () ->
              rds.client()
                  .modifyDBInstance(
                      r ->
                          r.dbInstanceIdentifier(oldName)
                              .newDBInstanceIdentifier(newName)
                              .applyImmediately(true)));
    } catch (DbInstanceAlreadyExistsException e) {
      return waitFor("rds:DBInstanceNameFree", newName, "taken");
    } catch (InvalidDbInstanceStateException | DbInstanceNotFoundException e) {
      // A renaming whose answer was lost may be under way.
      return waitFor("rds:DBInstanceRenamed", newName, "busy");
    }
    return waitFor("rds:DBInstanceRenamed", newName, "requested");
  }
}
