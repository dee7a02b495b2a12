package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;

/** Has readers and writers use the replica, by the caller's hook; backwards, the source. */
final class ReplicationSwitchStep extends ReplicationStep {

  static final String ID = "switch-readers";
  static final String SWITCHED_AT = "switchedAt";

  ReplicationSwitchStep(Env env, ReplicationSetup setup) {
    super(
        new StepDescription(
            ID,
            "Have readers and writers use bucket '" + setup.destination() + "' (your hook)",
            Phase.CUTOVER,
            List.of(),
            List.of(),
            Undo.UNDOABLE),
        env,
        setup);
  }

  private ReaderSwitch hook() {
    return env.options().replication().flatMap(Replication::readers).orElseThrow();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    hook().toReplica(env.bucket().name(), setup.destination());
    return StepOutcome.done(Facts.of(Map.of(SWITCHED_AT, context.clock().instant().toString())));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    hook().toSource(env.bucket().name(), setup.destination());
    return StepOutcome.done(
        Facts.of(
            Map.of(
                Facts.KEPT,
                "what was written to bucket '"
                    + setup.destination()
                    + "' while it served is there alone, not in '"
                    + env.bucket().name()
                    + "'")));
  }
}
