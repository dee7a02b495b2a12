package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;

/**
 * Moves every version that can be moved where it lies. The journal tells of batches and not of
 * objects: repeating a batch whose end is not known moves what was moved already once more at most,
 * which changes nothing of it. Rolled back, what was moved stays under the new key.
 */
final class ReencryptStep extends SweepStep {

  static final String ID = "re-encrypt";

  private final Unseen unseen = new Unseen();

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
    Reencryption reencryption = new Reencryption(env, pace, context.clock().instant());
    return send(context, Reencryption.UPDATE, number, versions, v -> reencryption.move(v, unseen));
  }

  @Override
  StepOutcome finish(StepContext context, Tally tally) {
    return finishMoving(context, tally);
  }

  @Override
  ObjectReport report() {
    return ObjectReport.of(env, "objects");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done(
        Facts.of(
            Map.of(
                Facts.KEPT,
                "what was moved stays under "
                    + env.keyArn()
                    + ", which has to stay usable, and so do the keys that objects had before")));
  }
}
