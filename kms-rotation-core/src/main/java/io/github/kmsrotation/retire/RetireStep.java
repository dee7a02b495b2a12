package io.github.kmsrotation.retire;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/** What the steps of a retirement share. */
abstract class RetireStep implements Step {

  /**
   * How long KMS may take to show everywhere what a call changed: usually seconds, at times several
   * minutes.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency">
   *     KMS eventual consistency</a>
   */
  static final Duration SETTLES_WITHIN = Duration.ofMinutes(5);

  static final String BY = "by";
  static final String THIS_RUN = "this run";
  static final String SOMEBODY_ELSE = "somebody else";

  private final StepDescription description;
  final RetiredKey key;
  final Inventory inventory;

  RetireStep(StepDescription description, RetiredKey key, Inventory inventory) {
    this.description = description;
    this.key = key;
    this.inventory = inventory;
  }

  @Override
  public final StepDescription description() {
    return description;
  }

  @Override
  public final StepOutcome advance(StepContext context) {
    Optional<KeyMetadata> found = key.describe(context);
    return found.isPresent() ? advance(context, found.get()) : advanceWithoutKey(context);
  }

  abstract StepOutcome advance(StepContext context, KeyMetadata found);

  StepOutcome advanceWithoutKey(StepContext context) {
    return gone();
  }

  final StepOutcome gone() {
    return StepOutcome.blocked(
        "The key " + key.id() + " is not there any more.",
        "Somebody else had it deleted; nothing brings it back.");
  }

  /** What stands in the way now, if anything does. */
  final Optional<StepOutcome> stillNeeded(StepContext context) {
    return inventory.look(context, context.clock().instant()).blocked();
  }

  final boolean isSettling(StepContext context, String operation) {
    return context.wasSentWithin(operation, key.id(), SETTLES_WITHIN);
  }

  static boolean isSettling(StepContext context, Instant since) {
    return context.clock().instant().isBefore(since.plus(SETTLES_WITHIN));
  }

  final boolean wasSent(StepContext context, String operation) {
    return context.lastSent(operation, key.id()).isPresent();
  }

  final StepOutcome waitFor(String kind, KeyMetadata found) {
    return StepOutcome.waiting(
        new Condition(
            kind,
            key.id(),
            String.valueOf(found.keyStateAsString()),
            Duration.ofSeconds(5),
            Duration.ofHours(1)));
  }

  final StepOutcome enabledAgain() {
    return StepOutcome.blocked(
        "The key " + key.id() + " is enabled again, and not by this run.",
        "CloudTrail tells who enabled it (EnableKey) and so what needs it. Roll back. Or, if"
            + " nothing does, disable the key again and resume.");
  }

  final StepOutcome unexpected(KeyMetadata found) {
    return StepOutcome.blocked(
        "The key " + key.id() + " is " + found.keyStateAsString() + ".",
        "Look in CloudTrail who changed it. Have it Disabled, and resume; or roll back.");
  }
}
