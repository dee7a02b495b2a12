package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.ImportState;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/**
 * Proves that the key serves: it is enabled, all its material is there, and it understands what it
 * makes. What a key made while it was unusable there is none of; that the material is the same is
 * KMS's to prove, which takes no other.
 */
final class SeeUsableStep extends KeyStep {

  SeeUsableStep(Env env) {
    super(
        new StepDescription(
            "see-usable",
            "See that the key is enabled, has all its material, and understands what it makes",
            Phase.OBSERVE,
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
    KeyMetadata metadata = found.get();
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(new Evidence("KeyState", "Enabled", metadata.keyStateAsString()));
    if (metadata.keySpec() == KeySpec.SYMMETRIC_DEFAULT) {
      for (RotationsListEntry entry : kms.materials(context, region(), key())) {
        evidence.add(
            new Evidence(
                "ImportState of " + entry.keyMaterialId(),
                ImportState.IMPORTED.toString(),
                entry.importStateAsString()));
      }
    }
    if (metadata.keyState() == KeyState.ENABLED) {
      probe(context, metadata, evidence);
    }
    return evidence.stream().allMatch(Evidence::matches)
        ? new StepOutcome.Done(Facts.none(), evidence)
        : new StepOutcome.Blocked(
            "The key does not serve as it should: " + evidence + ".",
            "Look at it in KMS: it may be disabled, or lack material that was there when the plan"
                + " was made. Mend that, then resume.",
            evidence);
  }

  private void probe(StepContext context, KeyMetadata metadata, List<Evidence> evidence) {
    Probe probe = new Probe(context, kms.in(region()), plan.runId());
    evidence.add(
        probe.understand("what the key makes now", key(), metadata, probe.make(key(), metadata)));
    if (KeyMaterialSteps.isUsable(plan)) {
      evidence.add(
          probe.understand(
              "what the key made before", key(), metadata, context.factsOf(ProbeStep.ID)));
    }
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
