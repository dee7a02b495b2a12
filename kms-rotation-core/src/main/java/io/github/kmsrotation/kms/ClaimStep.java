package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;

/**
 * Tags the key with the run, so that no other run rotates it at the same time. The tag is read back
 * after a pause that is longer than anybody takes between looking and tagging: of two that tag at
 * once the last one stays, and the other one stops. Every later step that changes the key looks
 * again.
 */
final class ClaimStep extends KeyStep {

  static final String ID = "claim-key";
  private static final String TAG = "kms:TagResource";
  static final String UNTAG = "kms:UntagResource";

  /** KMS shows changes within seconds as a rule; a rotation is in no hurry. */
  private static final Duration PAUSE = Duration.ofMinutes(2);

  ClaimStep(Env env) {
    super(
        new StepDescription(
            ID,
            "Tag the key with this run, so that no other run rotates it meanwhile",
            Phase.PREPARE,
            List.of(TAG),
            List.of(UNTAG),
            List.of("tag " + RunTag.KEY),
            Undo.UNDOABLE),
        env);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<String> holder = holder(context, env);
    if (holder.isPresent() && !holder.get().equals(context.runId().value())) {
      return claimedBy(holder.get());
    }
    if (context.wasSentWithin(TAG, key(), PAUSE)) {
      return waitFor("kms:ClaimSettled", key(), "tagged");
    }
    if (holder.isPresent()) {
      return StepOutcome.done();
    }
    context.mutate(
        TAG,
        key(),
        () -> kms.in(region()).tagResource(r -> r.keyId(key()).tags(RunTag.of(context.runId()))));
    return waitFor("kms:ClaimSettled", key(), "tagged");
  }

  @Override
  public StepOutcome undo(StepContext context) {
    boolean mayBeHidden =
        isSettling(context, TAG, key()) && context.lastSent(UNTAG, key()).isEmpty();
    return mayBeHidden
            && kms.describe(context, region(), key()).isPresent()
            && holder(context, env).isEmpty()
        ? waitFor("kms:TagVisible", key(), "tagged")
        : release(context, env);
  }

  /** Takes the run's tag off the key. */
  static StepOutcome release(StepContext context, Env env) {
    return untag(context, env.kms(), env.region(), env.key().value());
  }

  /** Takes the run's tag off a key, and sees that it is off. */
  static StepOutcome untag(StepContext context, Kms kms, String region, String key) {
    if (kms.describe(context, region, key).isEmpty()) {
      return StepOutcome.done();
    }
    Optional<String> holder = RunTag.runOf(kms.tags(context, region, key));
    if (holder.filter(context.runId().value()::equals).isEmpty()) {
      return StepOutcome.done();
    }
    if (!isSettling(context, UNTAG, key)) {
      try {
        context.mutate(
            UNTAG, key, () -> kms.in(region).untagResource(r -> r.keyId(key).tagKeys(RunTag.KEY)));
      } catch (KmsInvalidStateException e) {
        return StepOutcome.blocked(
            "The run's tag cannot be taken off the key " + key + ": KMS refuses that in its state.",
            "If somebody has scheduled its deletion, cancel that (CancelKeyDeletion) and go on.");
      }
    }
    return waitFor("kms:TagRemoved", key, RunTag.KEY);
  }

  /** What stops a step whose key another run has claimed meanwhile. */
  static Optional<StepOutcome> lost(StepContext context, Env env) {
    Optional<String> holder = holder(context, env);
    return holder.filter(context.runId().value()::equals).isPresent()
        ? Optional.empty()
        : Optional.of(claimedBy(holder.orElse("none")));
  }

  private static Optional<String> holder(StepContext context, Env env) {
    return RunTag.runOf(env.kms().tags(context, env.region(), env.key().value()));
  }

  private static StepOutcome claimedBy(String run) {
    return StepOutcome.blocked(
        "The key is claimed by run " + run + " (its tag " + RunTag.KEY + "), not by this one.",
        "Roll this run back, and let that one come to its end. Of a run that is lost, remove the"
            + " tag by hand; then resume.");
  }
}
