package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

/** Imports material into the new key, or into a replica of it, which has none yet. */
final class ImportFirstMaterialStep extends KeyStep {

  private final String into;

  ImportFirstMaterialStep(Env env, String into) {
    super(
        new StepDescription(
            "import-material-" + into,
            "Import key material from your source into the new key in " + into,
            Phase.COPY,
            List.of(Material.IMPORT),
            List.of("key material of the new key in " + into),
            Undo.UNDOABLE),
        env);
    this.into = into;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String newKey = Env.in(into, env.newKey(context).orElseThrow());
    Optional<KeyMetadata> found = kms.describe(context, into, newKey);
    if (found.isEmpty() || found.get().keyState() == KeyState.CREATING) {
      return waitFor("kms:KeyVisible", newKey, "just made");
    }
    if (found.get().keyState() != KeyState.PENDING_IMPORT) {
      return StepOutcome.done();
    }
    if (isSettling(context, Material.IMPORT, newKey)) {
      return waitFor("kms:MaterialImported", newKey, "imported");
    }
    return Material.of(plan, env.options())
        .send(
            context,
            kms.in(into),
            newKey,
            request -> {},
            StepOutcome.blocked(
                "KMS refuses the material for the new key in " + into + ".",
                "Have your KeyMaterialSource give the same fitting material for the same run; then"
                    + " resume."));
  }

  /** The material goes with the key. */
  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
