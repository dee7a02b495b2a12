package io.github.kmsrotation.kms;

import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.internal.InWords;
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
import software.amazon.awssdk.services.kms.model.ConflictException;
import software.amazon.awssdk.services.kms.model.KeyMaterialState;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.LimitExceededException;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/**
 * Rotates the key's material, and waits until KMS has. What it stands for is that the key has other
 * material than when the plan was made, so a rotation by somebody else is waited for and not
 * doubled.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html">
 *     RotateKeyOnDemand</a>
 */
final class RotateOnDemandStep extends KeyStep {

  static final String ID = "rotate-on-demand";
  static final String MATERIAL = "keyMaterialId";
  private static final String ROTATE = "kms:RotateKeyOnDemand";

  private final String formerMaterial;

  RotateOnDemandStep(Env env, String formerMaterial) {
    super(
        new StepDescription(
            ID,
            "Rotate the key's material; this uses up one of its 25 rotations on demand",
            Phase.CUTOVER,
            List.of(ROTATE),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.formerMaterial = formerMaterial;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    boolean mine = context.timesSent(ROTATE, key()) > 0;
    Instant since = kms.rotation(context, region(), key()).onDemandRotationStartDate();
    if (since != null) {
      return waitFor(
          "kms:RotatedOnDemand",
          key(),
          "in progress since " + InWords.at(since) + (mine ? "" : ", not ours"));
    }
    // After the rotation, never before: one that ends between two looks would be seen by neither.
    Optional<KeyMetadata> found = kms.describe(context, region(), key());
    if (found.isEmpty()) {
      return gone(key());
    }
    String material = found.get().currentKeyMaterialId();
    if (!formerMaterial.equals(material)) {
      return StepOutcome.done(
          Facts.of(Map.of(MATERIAL, material, "rotatedBy", mine ? "this run" : "somebody else")));
    }
    if (isSettling(context, ROTATE, key())) {
      return waitFor("kms:RotatedOnDemand", key(), "requested");
    }
    Optional<StepOutcome> stop = ClaimStep.lost(context, env);
    if (stop.isEmpty()) {
      stop = notReady(context);
    }
    return stop.isPresent() ? stop.get() : rotate(context);
  }

  /** What this run imported has to be what KMS would rotate to. */
  private Optional<StepOutcome> notReady(StepContext context) {
    Optional<String> imported =
        context.factsOf(ImportNewMaterialStep.ID).find(ImportNewMaterialStep.MATERIAL);
    if (imported.isEmpty()) {
      return Optional.empty();
    }
    Optional<KeyMaterialState> state =
        kms.materials(context, region(), key()).stream()
            .filter(entry -> imported.get().equals(entry.keyMaterialId()))
            .map(RotationsListEntry::keyMaterialState)
            .findFirst();
    if (state.isEmpty()) {
      return Optional.of(
          StepOutcome.blocked(
              "The key material that this run imported is gone: somebody has deleted or replaced"
                  + " it.",
              "Roll this run back, and make a new plan."));
    }
    return state.get() == KeyMaterialState.PENDING_ROTATION
        ? Optional.empty()
        : Optional.of(waitFor("kms:MaterialPending", key(), state.get().toString()));
  }

  private StepOutcome rotate(StepContext context) {
    try {
      context.mutate(
          ROTATE,
          key(),
          () ->
              kms.in(region())
                  .rotateKeyOnDemand(
                      r -> r.keyId(key()).overrideConfiguration(SentOnce.override())));
    } catch (ConflictException e) {
      return waitFor("kms:RotatedOnDemand", key(), "somebody else's rotation is in progress");
    } catch (LimitExceededException e) {
      return StepOutcome.blocked(
          "The key has used up its rotations on demand.",
          "Roll back, and plan with RotationReason.NEW_KEY_REQUESTED.");
    }
    return waitFor("kms:RotatedOnDemand", key(), "requested");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw new IllegalStateException("A rotation of key material cannot be undone");
  }
}
