package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;

/** Has S3 replicate whatever is written from now on. Rolled back, it takes its rule away again. */
final class ReplicationRuleStep extends ReplicationStep {

  static final String ID = "put-replication-rule";

  ReplicationRuleStep(Env env, ReplicationSetup setup) {
    super(
        new StepDescription(
            ID,
            "Add a replication rule to bucket '"
                + env.bucket().name()
                + "': new objects, delete markers and changed tags go to '"
                + setup.destination()
                + "' under the new key",
            Phase.PREPARE,
            List.of(ReplicationRules.PUT),
            List.of("replication rule kms-rotation-" + env.plan().runId()),
            Undo.UNDOABLE),
        env,
        setup);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return addRule(context);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return removeRule(context);
  }
}
