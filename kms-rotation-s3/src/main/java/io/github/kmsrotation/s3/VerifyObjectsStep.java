package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.Finding.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists everything again and sees every version under the new key, or left for a reason that lies
 * in what it is. Passed, it means that it was so when each was looked at; not that clients which
 * name another key have not written since.
 */
final class VerifyObjectsStep extends SweepStep {

  static final String ID = "verify-objects";

  VerifyObjectsStep(Env env) {
    super(
        new StepDescription(
            ID,
            Sample.of(env).isAll()
                ? "List every version again, and see it under the new key or left for a stated"
                    + " reason"
                : "List every version again, and see one in "
                    + Sample.of(env).oneIn()
                    + " of them under the new key or left for a stated reason",
            Phase.VERIFY,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
  }

  @Override
  List<Finding> process(StepContext context, long number, List<VersionRef> versions) {
    Instant now = context.clock().instant();
    if (env.scope().rewritesAll()) {
      return each(versions, new Rewriting(env, pace, now)::look);
    }
    Reencryption reencryption = new Reencryption(env, pace, now);
    Sample sample = Sample.of(env);
    return each(
        versions,
        version ->
            sample.has(version) ? reencryption.look(version) : new Finding(Verdict.NOT_IN_SAMPLE));
  }

  @Override
  StepOutcome finish(StepContext context, Tally tally) {
    long astray = tally.count(Verdict.TO_MOVE) + tally.count(Verdict.FAILED);
    long accepted = accepted(context);
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(
        new Evidence(
            "versions that are not under the new key and could be, or could not be looked at",
            Long.toString(Math.min(astray, accepted)),
            Long.toString(astray)));
    evidence.add(counted("versions under " + env.keyArn(), tally, Verdict.UNDER_NEW_KEY));
    if (tally.count(Verdict.OUT_OF_SCOPE) > 0) {
      evidence.add(
          counted("versions " + Verdict.OUT_OF_SCOPE.words(), tally, Verdict.OUT_OF_SCOPE));
    }
    if (tally.count(Verdict.NOT_IN_SAMPLE) > 0) {
      evidence.add(
          counted("versions " + Verdict.NOT_IN_SAMPLE.words(), tally, Verdict.NOT_IN_SAMPLE));
    }
    for (Verdict verdict : Verdict.values()) {
      if (verdict.isLeft() && tally.count(verdict) > 0) {
        evidence.add(counted("versions left: " + verdict.words(), tally, verdict));
      }
    }
    if (astray > accepted) {
      context.checkpoint(Facts.none());
      return new StepOutcome.Blocked(
          astray
              + " of "
              + tally.all()
              + " versions are not under the new key, or could not be looked at. The first that"
              + " stand out: "
              + String.join("; ", tally.named()),
          "Somebody may have written them under another key meanwhile: see that writers name the"
              + " new key or none. Then roll this run back, which leaves what was moved, and make a"
              + " new plan, which moves the rest.",
          evidence);
    }
    return new StepOutcome.Done(Facts.of(tally.toFacts()), evidence);
  }

  /** What AWS refused to move, and the caller accepts. */
  private long accepted(StepContext context) {
    return env.options().isLeavingObjectsAccepted()
        ? Tally.of(context.factsOf(env.scope().rewritesAll() ? RewriteStep.ID : ReencryptStep.ID))
            .count(Verdict.FAILED)
        : 0;
  }

  private static Evidence counted(String subject, Tally tally, Verdict verdict) {
    String count = Long.toString(tally.count(verdict));
    return new Evidence(subject, count, count);
  }

  @Override
  ObjectReport report() {
    return ObjectReport.none(env);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
