package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.ImportType;
import software.amazon.awssdk.services.kms.model.KeyMaterialState;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/**
 * Imports new material into a key that has some, to be rotated to. The material carries the run in
 * its description, by which a later attempt knows it. Backwards deletes it again, which KMS lets
 * one do without harm as long as it is pending.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html">
 *     ImportKeyMaterial</a>
 */
final class ImportNewMaterialStep extends KeyStep {

  static final String ID = "import-new-material";
  static final String MATERIAL = "pendingKeyMaterialId";
  private static final String DELETE = "kms:DeleteImportedKeyMaterial";

  ImportNewMaterialStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Import new key material from your source, to be rotated to",
            Phase.PREPARE,
            List.of(Material.IMPORT),
            List.of(DELETE),
            List.of("key material of the key"),
            Undo.UNDOABLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<RotationsListEntry> pending = pending(context);
    if (pending.isPresent()) {
      return isMine(pending.get())
          ? StepOutcome.done(Facts.of(Map.of(MATERIAL, pending.get().keyMaterialId())))
          : StepOutcome.blocked(
              "Somebody else has imported new material into the key, which is pending rotation.",
              "Delete it (DeleteImportedKeyMaterial with its id) or rotate to it; then resume.");
    }
    if (isSettling(context, Material.IMPORT, key())) {
      return waitFor("kms:MaterialPending", key(), "imported");
    }
    Optional<StepOutcome> lost = ClaimStep.lost(context, env);
    if (lost.isPresent()) {
      return lost.get();
    }
    Optional<StepOutcome> rotated = rotatedMeanwhile(context);
    return rotated.isPresent() ? rotated.get() : send(context);
  }

  private StepOutcome send(StepContext context) {
    return Material.of(plan, env.options())
        .send(
            context,
            kms.in(region()),
            key(),
            request ->
                request
                    .importType(ImportType.NEW_KEY_MATERIAL)
                    .keyMaterialDescription(description(plan.runId().value())),
            StepOutcome.blocked(
                "KMS refuses the material: the key has had it before, or it is not new.",
                "Have your KeyMaterialSource give material that this key never had; then resume."));
  }

  /** Whoever rotated the key meanwhile did what this plan was made for. */
  private Optional<StepOutcome> rotatedMeanwhile(StepContext context) {
    Optional<KeyMetadata> found = kms.describe(context, region(), key());
    if (found.isEmpty()) {
      return Optional.of(gone(key()));
    }
    return plan.attribute(KeySteps.FORMER_MATERIAL).equals(found.get().currentKeyMaterialId())
        ? Optional.empty()
        : Optional.of(
            StepOutcome.blocked(
                "The key was rotated by somebody else since the plan was made.",
                "Roll this run back. Make a new plan if it is to be rotated once more."));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<RotationsListEntry> pending = pending(context).filter(this::isMine);
    if (pending.isEmpty()) {
      boolean mayBeHidden =
          context.factsOf(ID).find(MATERIAL).isEmpty()
              && context.lastSent(DELETE, key()).isEmpty()
              && isSettling(context, Material.IMPORT, key());
      return mayBeHidden ? waitFor("kms:MaterialPending", key(), "imported") : StepOutcome.done();
    }
    if (!isSettling(context, DELETE, key())) {
      try {
        context.mutate(
            DELETE,
            key(),
            () ->
                kms.in(region())
                    .deleteImportedKeyMaterial(
                        r -> r.keyId(key()).keyMaterialId(pending.get().keyMaterialId())));
      } catch (NotFoundException e) {
        return waitFor("kms:MaterialDeleted", key(), "gone");
      }
    }
    return waitFor("kms:MaterialDeleted", key(), "requested");
  }

  private Optional<RotationsListEntry> pending(StepContext context) {
    return pending(kms.materials(context, region(), key()));
  }

  static Optional<RotationsListEntry> pending(List<RotationsListEntry> materials) {
    return materials.stream().filter(ImportNewMaterialStep::isPending).findFirst();
  }

  private static boolean isPending(RotationsListEntry entry) {
    return entry.keyMaterialState() == KeyMaterialState.PENDING_ROTATION
        || entry.keyMaterialState() == KeyMaterialState.PENDING_MULTI_REGION_IMPORT_AND_ROTATION;
  }

  private boolean isMine(RotationsListEntry entry) {
    return description(plan.runId().value()).equals(entry.keyMaterialDescription());
  }

  private static String description(String runId) {
    return RunTag.KEY + " " + runId;
  }
}
