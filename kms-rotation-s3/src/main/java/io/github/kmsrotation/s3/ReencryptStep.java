package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.Finding.Verdict;
import java.util.List;
import java.util.Map;

/**
 * Moves every version that can be moved where it lies. The journal tells of batches and not of
 * objects: an object is looked at before it is touched, so repeating a batch whose end is not known
 * does nothing twice. Rolled back, what was moved stays under the new key.
 */
final class ReencryptStep extends SweepStep {

  static final String ID = "re-encrypt";

  ReencryptStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Move every version of every object to the new key with UpdateObjectEncryption: no"
                + " content is read or written, ETag, dates, versions and storage class stay;"
                + " Bucket Keys: "
                + env.bucketKeys(),
            Phase.COPY,
            List.of(Reencryption.UPDATE),
            List.of(),
            Undo.KEPT),
        env);
  }

  @Override
  List<Finding> process(StepContext context, long number, List<VersionRef> versions) {
    if (versions.isEmpty()) {
      return List.of();
    }
    Reencryption reencryption = new Reencryption(env, pace, context.clock().instant());
    return context.mutate(
        Reencryption.UPDATE,
        env.plan().targetId() + ", batch " + number,
        () -> each(versions, reencryption::move));
  }

  @Override
  StepOutcome finish(StepContext context, Tally tally) {
    long failed = tally.count(Verdict.FAILED);
    if (failed > 0 && !env.options().isLeavingObjectsAccepted()) {
      context.checkpoint(Facts.none());
      return StepOutcome.blocked(
          "All "
              + tally.all()
              + " versions were gone through, and AWS refused "
              + failed
              + " of them. The first that were not moved: "
              + String.join("; ", tally.named()),
          "Mend what AWS says and resume: all versions are looked at again, and those under the new"
              + " key left alone. Or go on without them: S3Options.iAcceptThatSomeObjectsStay().");
    }
    Map<String, String> facts = tally.toFacts();
    report().file().ifPresent(file -> facts.put("report", file.toString()));
    return StepOutcome.done(Facts.of(facts));
  }

  @Override
  ObjectReport report() {
    return ObjectReport.of(env);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done(
        Facts.of(
            Map.of(
                "objects",
                "what was moved stays under "
                    + env.keyArn()
                    + ", which has to stay usable, and so do the keys that objects had before")));
  }
}
