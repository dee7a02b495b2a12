package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/** Has the key make something before it is rotated, to be understood afterwards. */
final class ProbeStep extends KeyStep {

  static final String ID = "probe-key";

  ProbeStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Have the key make a probe, which has to be understood after the rotation",
            Phase.PREPARE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<KeyMetadata> found = kms.describe(context, region(), key());
    if (found.isEmpty()) {
      return gone(key());
    }
    return StepOutcome.done(
        new Probe(context, kms.in(region()), plan.runId()).make(key(), found.get()));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
