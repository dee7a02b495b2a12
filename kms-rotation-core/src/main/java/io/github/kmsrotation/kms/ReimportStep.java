package io.github.kmsrotation.kms;

import io.github.kmsrotation.kms.KeyMaterialSteps.Wanted;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialRequest;
import software.amazon.awssdk.services.kms.model.ImportState;
import software.amazon.awssdk.services.kms.model.ImportType;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

/**
 * Imports material again that the key has had. KMS takes the same bytes only, so that neither a
 * second call nor another run does harm, and the key needs no claim. Backwards nothing is deleted:
 * without the material the key would be unusable.
 */
final class ReimportStep extends KeyStep {

  private static final int ENOUGH_OF_AN_ID = 16;

  private final Wanted wanted;

  ReimportStep(Env env, Wanted wanted) {
    super(
        new StepDescription(
            "import-" + wanted.id().map(id -> id.substring(0, ENOUGH_OF_AN_ID)).orElse("material"),
            "Import key material "
                + wanted.id().map(id -> id + " ").orElse("")
                + "again from your source; it stays if this is rolled back",
            Phase.COPY,
            List.of(Material.IMPORT),
            List.of("key material of the key"),
            Undo.UNDOABLE),
        env);
    this.wanted = wanted;
  }

  /** How the material is seen: whether it is there, and until when. */
  private record Seen(boolean isThere, Optional<Instant> expiresAt) {}

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<KeyMetadata> found = kms.describe(context, region(), key());
    if (found.isEmpty()) {
      return gone(key());
    }
    Optional<Seen> seen =
        wanted.id().map(id -> ofId(context, id)).orElseGet(() -> Optional.of(only(found.get())));
    if (seen.isEmpty()) {
      return StepOutcome.blocked(
          "The key does not list this material any more.", "Roll back, and make a new plan.");
    }
    if (isAsWanted(seen.get())) {
      return StepOutcome.done(
          Facts.of(
              Map.of("expiresAt", seen.get().expiresAt().map(Instant::toString).orElse("never"))));
    }
    if (isSettling(context, Material.IMPORT, key())) {
      return waitFor("kms:MaterialImported", key(), "imported");
    }
    Optional<StepOutcome> sooner = sooner(context, seen.get());
    return sooner.isPresent() ? sooner.get() : send(context);
  }

  /** The runner's options need not be those that the plan was made with. */
  private Optional<StepOutcome> sooner(StepContext context, Seen seen) {
    Optional<Instant> then =
        env.options().materialExpiresAfter().map(context.clock().instant()::plus);
    return seen.expiresAt()
        .filter(at -> seen.isThere() && then.filter(other -> !other.isAfter(at)).isPresent())
        .map(
            at ->
                StepOutcome.blocked(
                    "The material expires at "
                        + at
                        + ", and would at "
                        + then.orElse(at)
                        + " when imported again.",
                    "Resume with the materialExpiresAfter(...) that the plan was made with."));
  }

  private StepOutcome send(StepContext context) {
    return Material.of(plan, env.options(), wanted.id())
        .send(
            context,
            kms.in(region()),
            key(),
            this::name,
            StepOutcome.blocked(
                "KMS refuses the material: it is not the one that the key had"
                    + wanted.id().map(id -> " as " + id).orElse("")
                    + ".",
                "Have your KeyMaterialSource give the same bytes as then; then resume. Nothing else"
                    + " makes the key usable again."));
  }

  private void name(ImportKeyMaterialRequest.Builder request) {
    wanted
        .id()
        .ifPresent(id -> request.importType(ImportType.EXISTING_KEY_MATERIAL).keyMaterialId(id));
  }

  private Optional<Seen> ofId(StepContext context, String id) {
    return kms.materials(context, region(), key()).stream()
        .filter(entry -> id.equals(entry.keyMaterialId()))
        .map(
            entry ->
                new Seen(
                    entry.importState() == ImportState.IMPORTED,
                    Optional.ofNullable(entry.validTo())))
        .findFirst();
  }

  private static Seen only(KeyMetadata key) {
    return new Seen(key.keyState() != KeyState.PENDING_IMPORT, Optional.ofNullable(key.validTo()));
  }

  private boolean isAsWanted(Seen seen) {
    if (!seen.isThere()) {
      return false;
    }
    if (env.options().materialExpiresAfter().isEmpty()) {
      return seen.expiresAt().isEmpty();
    }
    return seen.expiresAt().isEmpty()
        || wanted.expiresAt().isEmpty()
        || seen.expiresAt().get().isAfter(wanted.expiresAt().get());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done(
        Facts.of(Map.of(Facts.KEPT, "the imported material: without it the key is unusable")));
  }
}
