package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/**
 * Whether the original may go: the replacement serves, nothing hangs on the original, and the name
 * of its final DB snapshot is free. Looked at before the approval for RETIRE, and before every step
 * and call that follows it.
 */
final class Retirement {

  static final String DELETE = "rds:DeleteDBInstance";

  private Retirement() {}

  /**
   * Empty if it may go.
   *
   * @param found the original; where somebody deleted it, the retiring step judges whether with its
   *     final DB snapshot
   */
  static Optional<StepOutcome> obstacle(
      RdsStep.Env env, StepContext context, Optional<DBInstance> found) {
    if (found.filter(original -> original.dbInstanceStatus().equals("deleting")).isPresent()) {
      return Optional.of(env.waitFor("rds:DBInstanceDeleted", env.names().asideName(), "deleting"));
    }
    return Fitness.ofReplacement(env, context, env.names().original())
        .or(() -> found.flatMap(original -> ofOriginal(env, context, original)));
  }

  private static Optional<StepOutcome> ofOriginal(
      RdsStep.Env env, StepContext context, DBInstance original) {
    return Fitness.ofOriginal(env, Optional.of(original), env.names().asideName())
        .or(() -> Topology.obstacle(context, env.rds(), original))
        .or(() -> finalSnapshotTaken(env, context));
  }

  /** Nothing of this run can have made it before it asked for the deletion. */
  private static Optional<StepOutcome> finalSnapshotTaken(RdsStep.Env env, StepContext context) {
    RdsNames names = env.names();
    boolean isOurs = context.timesSent(DELETE, names.asideName()) > 0;
    return env.rds()
        .snapshot(context, names.finalSnapshot())
        .filter(snapshot -> !isOurs || !isOfOriginal(env, snapshot))
        .map(
            snapshot ->
                StepOutcome.blocked(
                    "There is a DB snapshot '"
                        + names.finalSnapshot()
                        + "' that is not this run's final one: it was made of '"
                        + snapshot.dbInstanceIdentifier()
                        + "' ("
                        + snapshot.dbiResourceId()
                        + ").",
                    "Nothing was deleted. Copy it to another name, delete it, and resume; or roll"
                        + " back."));
  }

  static boolean isOfOriginal(RdsStep.Env env, DBSnapshot snapshot) {
    return env.plan().attribute(RdsStep.ORIGINAL_RESOURCE_ID).equals(snapshot.dbiResourceId());
  }
}
