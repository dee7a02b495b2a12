package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyMaterialState;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/**
 * Proves a rotation of material: KMS lists it, encrypts with the new material, and still decrypts
 * what the former material encrypted.
 */
final class SeeMaterialStep extends KeyStep {

  SeeMaterialStep(Env env) {
    super(
        new StepDescription(
            "see-material",
            "See that KMS encrypts with the new material and decrypts what is under the old",
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
    String material =
        context.factsOf(RotateOnDemandStep.ID).find(RotateOnDemandStep.MATERIAL).orElseThrow();
    Optional<RotationsListEntry> listed =
        kms.materials(context, region(), key()).stream()
            .filter(entry -> material.equals(entry.keyMaterialId()))
            .findFirst();
    if (listed.isEmpty() || listed.get().rotationDate() == null) {
      return waitFor("kms:RotationListed", key(), "not listed yet");
    }
    // Whoever rotated the key once more since has not undone this rotation.
    boolean superseded = listed.get().keyMaterialState() == KeyMaterialState.NON_CURRENT;
    String serving = superseded ? metadata.currentKeyMaterialId() : material;
    KmsClient client = kms.in(region());
    Probe probe = new Probe(context, client, plan.runId());
    List<Evidence> evidence =
        List.of(
            new Evidence("CurrentKeyMaterialId", serving, metadata.currentKeyMaterialId()),
            new Evidence(
                "KeyMaterialState",
                superseded ? "NON_CURRENT" : "CURRENT",
                listed.get().keyMaterialStateAsString()),
            new Evidence(
                "key material that encrypts", serving, probe.materialInUse(key(), metadata)),
            probe.understand(
                "ciphertext under the former material",
                key(),
                metadata,
                context.factsOf(ProbeStep.ID)));
    return judged(
        Facts.of(Map.of("rotatedAt", listed.get().rotationDate().toString())),
        evidence,
        "The rotated key does not do what it should",
        "Look at the key's rotations in KMS; then resume.");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
