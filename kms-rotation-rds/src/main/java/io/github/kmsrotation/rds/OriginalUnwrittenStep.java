package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.rds.data.DataVerifier;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.DBInstance;

/**
 * Before the original is deleted: nobody has written to it since the cutover. A client that goes on
 * using the address it once looked up may reach it under its new name.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html">Renaming
 *     a DB instance</a>
 */
final class OriginalUnwrittenStep extends RdsStep {

  private final DataVerifier verifier;

  OriginalUnwrittenStep(Env env, DataVerifier verifier) {
    super(
        new StepDescription(
            "check-original-unwritten",
            "See that nobody has written to the original since the cutover",
            Phase.RETIRE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.verifier = verifier;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<DBInstance> original = original(context);
    Optional<StepOutcome> obstacle = Retirement.obstacle(env, context, original);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    return original.isEmpty() ? StepOutcome.done() : compare(context, original.get());
  }

  private StepOutcome compare(StepContext context, DBInstance original) {
    Evidence evidence =
        new Evidence(
            "SHA-256 of what the original holds",
            context.factsOf(NoWritesStep.ID).find(NoWritesStep.CONTENT).orElse("not recorded"),
            NoWritesStep.content(Comparing.read(verifier, Rds.endpoint(original), state())));
    return evidence.matches()
        ? new StepOutcome.Done(Facts.none(), List.of(evidence))
        : new StepOutcome.Blocked(
            "The original '"
                + names.asideName()
                + "' was written to after the cutover: its content has changed.",
            "Find the writer, which may have looked up the address before the cutover, and carry"
                + " its writes over to '"
                + names.original()
                + "' by hand. Nothing was deleted, and this run will not delete it. Delete it"
                + " yourself with the final DB snapshot '"
                + names.finalSnapshot()
                + "' and resume, or roll back.",
            List.of(evidence));
  }

  private String state() {
    return "Nothing was deleted: the replacement serves as '"
        + names.original()
        + "', and the original is kept as '"
        + names.asideName()
        + "'. Mend what failed and resume run "
        + env.plan().runId()
        + ".";
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
