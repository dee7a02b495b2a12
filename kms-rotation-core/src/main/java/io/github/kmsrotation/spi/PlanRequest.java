package io.github.kmsrotation.spi;

import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyFactsReader;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.Target;
import java.time.Clock;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * What a strategy is asked to plan.
 *
 * @param <T> the target
 * @param target what to rotate
 * @param reason why; empty if and only if {@link Target#needsReason} says so
 * @param targetKey the key to rotate to: an ARN, an id, or an alias; empty if the policy decides
 * @param options what the caller gave, or empty for the defaults
 * @param kms a client for the target's Region; not to be closed
 * @param keys reads what is known about keys
 * @param calls makes calls to AWS
 * @param runId the run that the plan will be for
 * @param clock the time
 */
public record PlanRequest<T extends Target>(
    T target,
    Optional<RotationReason> reason,
    Optional<String> targetKey,
    Optional<StrategyOptions<?>> options,
    KmsClient kms,
    KeyFactsReader keys,
    AwsCalls calls,
    RunId runId,
    Clock clock) {

  /**
   * Why, for strategies whose targets need a reason.
   *
   * @return the reason
   * @throws IllegalStateException if there is none
   */
  public RotationReason why() {
    return reason.orElseThrow(() -> new IllegalStateException("Say why: call because(...)"));
  }
}
