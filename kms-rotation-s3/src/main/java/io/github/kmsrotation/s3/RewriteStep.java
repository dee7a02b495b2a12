package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rewrites what {@code UpdateObjectEncryption} does not take. In the plan only where the caller
 * asked for it. As with that, the journal tells of batches: a copy is made only of what is not
 * under the new key, and only if it still is what was looked at, so repeating a batch copies
 * nothing twice.
 */
final class RewriteStep extends SweepStep {

  static final String ID = "rewrite";

  /** The IAM action of {@code CopyObject}. */
  private static final String COPY = "s3:PutObject";

  RewriteStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Copy current objects"
                + what(env.scope())
                + " to their own place under the new key: their dates and ETags change, and where"
                + " there are versions, the former stays as it is, as an older one",
            Phase.COPY,
            List.of(COPY),
            List.of(),
            Undo.KEPT),
        env);
  }

  private static String what(Scope scope) {
    if (scope.rewritesAll()) {
      return " that are not under the new key";
    }
    return scope.customerKeys()
        ? " that are not encrypted, or under DSSE-KMS or a customer-provided key,"
        : " that are not encrypted or under DSSE-KMS";
  }

  @Override
  List<Finding> process(StepContext context, long number, List<VersionRef> versions) {
    Rewriting rewriting = new Rewriting(env, pace, context.clock().instant());
    Optional<SupersededFile> file = SupersededFile.of(env);
    List<Finding> findings =
        send(
            context,
            COPY,
            number,
            versions,
            version -> {
              Rewriting.Rewritten done = rewriting.rewrite(version);
              done.superseded().ifPresent(s -> file.ifPresent(f -> f.add(s)));
              return done.finding();
            });
    file.ifPresent(SupersededFile::force);
    return findings;
  }

  @Override
  StepOutcome finish(StepContext context, Tally tally) {
    return finishMoving(context, tally);
  }

  @Override
  ObjectReport report() {
    return ObjectReport.of(env, "not-rewritten");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done(
        Facts.of(
            Map.of(
                Facts.KEPT,
                "what was rewritten stays under " + env.keyArn() + ", which has to stay usable")));
  }
}
