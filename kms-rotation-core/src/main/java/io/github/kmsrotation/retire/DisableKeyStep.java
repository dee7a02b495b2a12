package io.github.kmsrotation.retire;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

/**
 * Disables the key; backwards enables it. A key that was disabled before stays so in both
 * directions.
 */
final class DisableKeyStep extends RetireStep {

  static final String ID = "disable-key";

  /** When the key was first seen disabled: the time that is observed counts from here. */
  static final String DISABLED_AT = "disabledAt";

  private static final String DISABLE = "kms:DisableKey";
  private static final String ENABLE = "kms:EnableKey";

  private final boolean wasEnabled;

  DisableKeyStep(RetiredKey key, Inventory inventory, boolean wasEnabled) {
    super(
        new StepDescription(
            ID,
            wasEnabled
                ? "Disable the key: from here on whatever needs it fails, and roll-back enables it"
                : "See that the key is disabled, as it was when the plan was made",
            Phase.CUTOVER,
            wasEnabled ? List.of(DISABLE) : List.of(),
            wasEnabled ? List.of(ENABLE) : List.of(),
            List.of(),
            wasEnabled ? Undo.DISRUPTIVE : Undo.NOTHING_TO_UNDO),
        key,
        inventory);
    this.wasEnabled = wasEnabled;
  }

  @Override
  StepOutcome advance(StepContext context, KeyMetadata found) {
    if (found.keyState() == KeyState.DISABLED) {
      boolean mine = context.timesSent(DISABLE, key.id()) > 0;
      return StepOutcome.done(
          Facts.of(
              Map.of(
                  DISABLED_AT,
                  context.clock().instant().toString(),
                  BY,
                  mine ? THIS_RUN : SOMEBODY_ELSE)));
    }
    if (found.keyState() != KeyState.ENABLED) {
      return unexpected(found);
    }
    if (!wasEnabled) {
      return enabledAgain();
    }
    if (isSettling(context, DISABLE)) {
      return waitFor("kms:KeyDisabled", found);
    }
    Optional<StepOutcome> needed = stillNeeded(context);
    return needed.isPresent() ? needed.get() : disable(context, found);
  }

  private StepOutcome disable(StepContext context, KeyMetadata found) {
    context.mutate(DISABLE, key.id(), () -> key.client().disableKey(r -> r.keyId(key.id())));
    return waitFor("kms:KeyDisabled", found);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<String> by = context.factsOf(ID).find(BY);
    if (!by.map(THIS_RUN::equals).orElseGet(() -> wasSent(context, DISABLE))) {
      return StepOutcome.done();
    }
    Optional<KeyMetadata> found = key.describe(context);
    return found.isPresent() ? enable(context, found.get(), by.isPresent()) : gone();
  }

  private StepOutcome enable(StepContext context, KeyMetadata found, boolean wasSeenDisabled) {
    return switch (found.keyState()) {
      case ENABLED -> {
        boolean mayBeOld = !wasSeenDisabled && !wasSent(context, ENABLE);
        yield mayBeOld && isSettling(context, DISABLE)
            ? waitFor("kms:KeyDisabled", found)
            : StepOutcome.done();
      }
      case DISABLED -> {
        if (!isSettling(context, ENABLE)) {
          context.mutate(ENABLE, key.id(), () -> key.client().enableKey(r -> r.keyId(key.id())));
        }
        yield waitFor("kms:KeyEnabled", found);
      }
      case PENDING_DELETION, PENDING_REPLICA_DELETION ->
          StepOutcome.blocked(
              "The key " + key.id() + " is scheduled for deletion, and not by this run.",
              "Cancel that (CancelKeyDeletion) before it is too late, and roll back again.");
      default ->
          StepOutcome.blocked(
              "The key "
                  + key.id()
                  + " is "
                  + found.keyStateAsString()
                  + ", so nobody can enable"
                  + " it.",
              "Of a key without its imported material, import that again; connect a key store that"
                  + " is not connected. Then roll back again.");
    };
  }
}
