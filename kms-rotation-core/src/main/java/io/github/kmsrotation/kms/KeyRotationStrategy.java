package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.KeyTarget;
import java.util.Optional;
import java.util.Set;

/**
 * Found by the planner and the runner with {@link java.util.ServiceLoader}; not meant to be called
 * by anybody else. Safe for use by several threads.
 */
public final class KeyRotationStrategy implements RotationStrategy<KeyTarget> {

  /** For {@link java.util.ServiceLoader}. */
  public KeyRotationStrategy() {}

  @Override
  public String kind() {
    return KeyTarget.KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<KeyTarget> request) {
    KeyOptions options = mine(request.options());
    String home = request.kms().serviceClientConfiguration().region().id();
    KeyClients clients = new KeyClients(home, Optional.of(request.kms()), options);
    try {
      return new KeyPlanning(request, options, new Kms(clients), home).plan();
    } finally {
      clients.close();
    }
  }

  /** The key, whichever kind of plan changes it. */
  @Override
  public Set<String> resources(RotationPlan plan) {
    return Set.of(plan.currentKeyArn().orElse(plan.targetId()));
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> given) {
    KeyOptions options = mine(given);
    KeyPlanning.checkOptions(plan, options);
    KeyClients clients = new KeyClients(plan.region(), options.client(), options);
    return BoundSteps.of(
        () -> KeySteps.of(new KeyStep.Env(plan, new Kms(clients), options)), clients::close);
  }

  private static KeyOptions mine(Optional<StrategyOptions<?>> options) {
    StrategyOptions<?> any = options.orElseGet(() -> KeyOptions.builder().build());
    if (any instanceof KeyOptions mine) {
      return mine;
    }
    throw new IllegalArgumentException("Options of kind 'key' have to be KeyOptions, not " + any);
  }
}
