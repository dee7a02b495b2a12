package io.github.kmsrotation.retire;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Observation;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

/**
 * Sees that the key stays disabled for as long as was asked for, whatever processes look at it
 * meanwhile, and that then still nothing uses it. Nobody but CloudTrail tells whether something
 * tried to, so a person looks there before the next phase is approved.
 */
final class ObserveDisabledStep extends RetireStep {

  private static final Duration POLL = Duration.ofHours(1);

  private final Observation observation;

  ObserveDisabledStep(RetiredKey key, Inventory inventory, Duration observeFor) {
    super(
        new StepDescription(
            "observe-disabled",
            "See that the key stays disabled for "
                + InWords.exactly(observeFor)
                + "; watch CloudTrail for DisabledException meanwhile",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        key,
        inventory);
    this.observation = new Observation(observeFor, POLL);
  }

  @Override
  StepOutcome advance(StepContext context, KeyMetadata found) {
    Instant since =
        Instant.parse(
            context.factsOf(DisableKeyStep.ID).find(DisableKeyStep.DISABLED_AT).orElseThrow());
    if (found.keyState() == KeyState.ENABLED) {
      return isSettling(context, since) ? waitFor("kms:KeyDisabled", found) : enabledAgain();
    }
    if (found.keyState() != KeyState.DISABLED) {
      return unexpected(found);
    }
    return observation
        .rest("kms:ObservedDisabled", key.id(), since, context.clock().instant())
        .orElseGet(() -> lookAgain(context, since));
  }

  private StepOutcome lookAgain(StepContext context, Instant since) {
    LastUsage usage = LastUsage.read(key, context);
    if (usage.isSince(since.plus(SETTLES_WITHIN))) {
      return StepOutcome.blocked(
          "The key " + key.id() + " was enabled for a while. " + usage.text(),
          "CloudTrail tells who used it. Roll back, move what needs it, and make a new plan.");
    }
    Inventory.Seen seen = inventory.look(context, context.clock().instant());
    List<Evidence> evidence = new ArrayList<>(seen.evidence());
    evidence.add(new Evidence("successful uses since it was disabled", "none", "none"));
    Optional<StepOutcome> needed = seen.blocked();
    return needed.orElseGet(() -> new StepOutcome.Done(Facts.none(), evidence));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
