package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;

/** Ends the replication. No object is deleted: the source stays until its owner deletes it. */
final class ReplicationEndStep extends ReplicationStep {

  static final String ID = "remove-replication-rule";

  ReplicationEndStep(Env env, ReplicationSetup setup) {
    super(
        new StepDescription(
            ID,
            "Take the run's replication rule away again; bucket '"
                + env.bucket().name()
                + "' and its objects stay, under the former keys",
            Phase.RETIRE,
            List.of(ReplicationRules.PUT),
            List.of(),
            Undo.KEPT),
        env,
        setup);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    return removeRule(context);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done(
        Facts.of(Map.of(Facts.KEPT, "the run's replication rule stays away, as before the run")));
  }
}
