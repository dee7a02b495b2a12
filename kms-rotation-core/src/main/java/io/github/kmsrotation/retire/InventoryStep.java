package io.github.kmsrotation.retire;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/** Sees that nothing that can be looked at uses the key, and notes what KMS knows of its use. */
final class InventoryStep extends RetireStep {

  InventoryStep(RetiredKey key, Inventory inventory) {
    super(
        new StepDescription(
            "inventory",
            "See that nothing uses the key: what each service lists, aliases, replicas, last use",
            Phase.VERIFY,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        key,
        inventory);
  }

  @Override
  StepOutcome advance(StepContext context, KeyMetadata found) {
    Inventory.Seen seen = inventory.look(context, context.clock().instant());
    return seen.blocked().orElseGet(() -> done(context, seen));
  }

  private StepOutcome done(StepContext context, Inventory.Seen seen) {
    Map<String, String> facts = new TreeMap<>(LastUsage.read(key, context).facts());
    facts.put("grants", String.valueOf(key.grants(context).size()));
    return new StepOutcome.Done(Facts.of(facts), seen.evidence());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
