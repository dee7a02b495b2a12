package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import software.amazon.awssdk.services.kms.model.ImportState;
import software.amazon.awssdk.services.kms.model.ImportType;

/**
 * Imports the material that the primary key has pending into a replica: KMS rotates once every
 * replica has it. Undone with the primary's: KMS deletes the replicas' pending material with it.
 */
final class ImportIntoReplicaStep extends KeyStep {

  private final String replicaRegion;
  private final String replica;

  ImportIntoReplicaStep(Env env, String replicaRegion) {
    super(
        new StepDescription(
            "import-into-" + replicaRegion,
            "Import the same key material into the replica in " + replicaRegion,
            Phase.PREPARE,
            List.of(Material.IMPORT),
            List.of("key material of the replica in " + replicaRegion),
            Undo.UNDOABLE),
        env);
    this.replicaRegion = replicaRegion;
    this.replica = Env.in(replicaRegion, env.key());
  }

  @Override
  public StepOutcome advance(StepContext context) {
    String material =
        context
            .factsOf(ImportNewMaterialStep.ID)
            .find(ImportNewMaterialStep.MATERIAL)
            .orElseThrow();
    boolean isThere =
        kms.materials(context, replicaRegion, replica).stream()
            .anyMatch(
                entry ->
                    material.equals(entry.keyMaterialId())
                        && entry.importState() == ImportState.IMPORTED);
    if (isThere) {
      return StepOutcome.done();
    }
    if (isSettling(context, Material.IMPORT, replica)) {
      return waitFor("kms:MaterialImported", replica, "imported");
    }
    return Material.of(plan, env.options())
        .send(
            context,
            kms.in(replicaRegion),
            replica,
            request -> request.importType(ImportType.EXISTING_KEY_MATERIAL),
            StepOutcome.blocked(
                "The material for the replica in "
                    + replicaRegion
                    + " is not the one that the primary key took.",
                "Have your KeyMaterialSource give the same material for the same run; then"
                    + " resume."));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
