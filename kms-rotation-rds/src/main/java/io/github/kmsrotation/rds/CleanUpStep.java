package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/**
 * Deletes the intermediate DB snapshots, if the way has any, and takes the run's tag off the
 * replacement.
 */
final class CleanUpStep extends RdsStep {

  private static final String UNTAG = "rds:RemoveTagsFromResource";

  private final List<String> snapshots;

  private CleanUpStep(String title, List<String> calls, List<String> snapshots, Env env) {
    super(
        new StepDescription("clean-up", title, Phase.RETIRE, calls, List.of(), Undo.IRREVERSIBLE),
        env);
    this.snapshots = snapshots;
  }

  static CleanUpStep withSnapshots(Env env) {
    return new CleanUpStep(
        "Delete the two intermediate DB snapshots, and the run's tag from the replacement",
        List.of(SnapshotStep.DELETE, UNTAG),
        List.of(env.names().snapshot(), env.names().rekeyedSnapshot()),
        env);
  }

  static CleanUpStep withoutSnapshots(Env env) {
    return new CleanUpStep(
        "Delete the run's tag from the replacement", List.of(UNTAG), List.of(), env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<StepOutcome> unfit = Fitness.ofReplacement(env, context, names.original());
    if (unfit.isPresent()) {
      return unfit.get();
    }
    for (String snapshot : snapshots) {
      StepOutcome deleted = delete(context, snapshot);
      if (!(deleted instanceof StepOutcome.Done)) {
        return deleted;
      }
    }
    Optional<DBInstance> replacement = replacement(context);
    if (replacement.isEmpty()) {
      return gone("The replacement of " + names.original());
    }
    if (!names.isMine(replacement.get().tagList())) {
      return StepOutcome.done();
    }
    String arn = replacement.get().dbInstanceArn();
    context.mutate(
        UNTAG,
        names.original(),
        () -> rds.client().removeTagsFromResource(r -> r.resourceName(arn).tagKeys(RunId.TAG_KEY)));
    return waitFor("rds:TagRemoved", names.original(), "still tagged");
  }

  private StepOutcome delete(StepContext context, String identifier) {
    Optional<DBSnapshot> found = rds.snapshot(context, identifier);
    if (found.isEmpty()) {
      return StepOutcome.done();
    }
    return names.isMine(found.get().tagList())
        ? SnapshotStep.delete(this, context, identifier)
        : untagged("DB snapshot", identifier, names);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw new IllegalStateException("RETIRE cannot be undone");
  }
}
