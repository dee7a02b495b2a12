package io.github.kmsrotation.retire;

import io.github.kmsrotation.aws.SentOnce;
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
 * Has KMS delete the key at the end of the waiting period; backwards, within that period, cancels
 * it. Both calls are refused when they are repeated, so they are sent once and then looked for. A
 * deletion that somebody cancels before a run saw it looks like one that never arrived, and a
 * resumed run schedules it again: the waiting period begins anew then, so that nothing is lost.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html">
 *     ScheduleKeyDeletion</a>
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html">
 *     CancelKeyDeletion</a>
 */
final class ScheduleDeletionStep extends RetireStep {

  static final String ID = "schedule-deletion";
  static final String DELETION_DATE = "deletionDate";

  private static final String SCHEDULE = "kms:ScheduleKeyDeletion";
  private static final String CANCEL = "kms:CancelKeyDeletion";

  private final int days;

  ScheduleDeletionStep(RetiredKey key, Inventory inventory, int days) {
    super(
        new StepDescription(
            ID,
            "Schedule the key's deletion, in "
                + days
                + " days; until then roll-back cancels it, after that nothing brings the key back",
            Phase.RETIRE,
            List.of(SCHEDULE),
            List.of(CANCEL),
            List.of(),
            Undo.DISRUPTIVE),
        key,
        inventory);
    this.days = days;
  }

  @Override
  StepOutcome advance(StepContext context, KeyMetadata found) {
    if (found.keyState() == KeyState.PENDING_DELETION) {
      return context.timesSent(SCHEDULE, key.id()) > 0
          ? scheduled(String.valueOf(found.deletionDate()))
          : StepOutcome.blocked(
              "The key " + key.id() + " is scheduled for deletion, and not by this run.",
              "Leave it at that. Or cancel it (CancelKeyDeletion), and resume or roll back.");
    }
    if (isSettling(context, SCHEDULE)) {
      return waitFor("kms:KeyDeletionScheduled", found);
    }
    if (found.keyState() == KeyState.ENABLED) {
      return enabledAgain();
    }
    if (found.keyState() != KeyState.DISABLED) {
      return unexpected(found);
    }
    Optional<StepOutcome> needed = stillNeeded(context);
    return needed.isPresent() ? needed.get() : schedule(context, found);
  }

  private static StepOutcome scheduled(String date) {
    return StepOutcome.done(Facts.of(Map.of(DELETION_DATE, date)));
  }

  private StepOutcome schedule(StepContext context, KeyMetadata found) {
    context.mutate(
        SCHEDULE,
        key.id(),
        () ->
            key.client()
                .scheduleKeyDeletion(
                    r ->
                        r.keyId(key.id())
                            .pendingWindowInDays(days)
                            .overrideConfiguration(SentOnce.override())));
    return waitFor("kms:KeyDeletionScheduled", found);
  }

  /** For a run that is resumed only after the waiting period that it began. */
  @Override
  StepOutcome advanceWithoutKey(StepContext context) {
    return context.timesSent(SCHEDULE, key.id()) > 0 ? scheduled("over, it is deleted") : gone();
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<String> date = context.factsOf(ID).find(DELETION_DATE);
    Optional<KeyMetadata> found = key.describe(context);
    if (found.isEmpty()) {
      return tooLate(date);
    }
    boolean mine = date.isPresent() || wasSent(context, SCHEDULE);
    if (!mine) {
      return StepOutcome.done();
    }
    if (found.get().keyState() == KeyState.PENDING_DELETION) {
      return cancel(context, found.get());
    }
    boolean mayBeOld = date.isEmpty() && !wasSent(context, CANCEL);
    return mayBeOld && isSettling(context, SCHEDULE)
        ? waitFor("kms:KeyDeletionScheduled", found.get())
        : StepOutcome.done();
  }

  private StepOutcome cancel(StepContext context, KeyMetadata found) {
    if (!isSettling(context, CANCEL)) {
      context.mutate(
          CANCEL,
          key.id(),
          () ->
              key.client()
                  .cancelKeyDeletion(
                      r -> r.keyId(key.id()).overrideConfiguration(SentOnce.override())));
    }
    return waitFor("kms:KeyDeletionCancelled", found);
  }

  private StepOutcome tooLate(Optional<String> date) {
    return StepOutcome.blocked(
        "The key "
            + key.id()
            + " is gone: KMS has deleted it"
            + date.map(d -> ", its waiting period ended at " + d).orElse("")
            + ".",
        "Nothing brings it back, and nothing that is still under it can be decrypted. The run stays"
            + " as it is.");
  }
}
