package io.github.kmsrotation.retire;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.KeyRetirementTarget;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Found by the planner and the runner with {@link java.util.ServiceLoader}; not meant to be called
 * by anybody else. Safe for use by several threads.
 */
public final class KeyRetirementStrategy implements RotationStrategy<KeyRetirementTarget> {

  /** For {@link java.util.ServiceLoader}. */
  public KeyRetirementStrategy() {}

  @Override
  public String kind() {
    return KeyRetirementTarget.KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<KeyRetirementTarget> request) {
    return new RetirementPlanning(request, mine(request.options()), Retirement.sources()).plan();
  }

  /** The key, whichever kind of plan changes it. */
  @Override
  public Set<String> resources(RotationPlan plan) {
    return Set.of(plan.currentKeyArn().orElse(plan.targetId()));
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> given) {
    KeyRetirementOptions options = mine(given);
    List<KeyUsageSource> sources = Retirement.sources();
    Retirement.checkSources(plan, sources, options);
    Optional<KmsClient> theirs = options.client();
    KmsClient client =
        theirs.orElseGet(() -> KmsClient.builder().region(Region.of(plan.region())).build());
    return BoundSteps.of(
        () -> Retirement.steps(plan, client, sources, options),
        theirs.isPresent() ? () -> {} : client::close);
  }

  private static KeyRetirementOptions mine(Optional<StrategyOptions<?>> options) {
    StrategyOptions<?> any = options.orElseGet(() -> KeyRetirementOptions.builder().build());
    if (any instanceof KeyRetirementOptions mine) {
      return mine;
    }
    throw new IllegalArgumentException(
        "Options of kind '"
            + KeyRetirementTarget.KIND
            + "' have to be KeyRetirementOptions, not "
            + any);
  }
}
