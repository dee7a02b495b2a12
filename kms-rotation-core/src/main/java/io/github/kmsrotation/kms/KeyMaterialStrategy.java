package io.github.kmsrotation.kms;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.KeyMaterialTarget;
import java.util.Optional;
import java.util.Set;

/**
 * Imports key material again that a key has had: it has expired, was deleted, or is about to
 * expire. Found by the planner and the runner with {@link java.util.ServiceLoader}; not meant to be
 * called by anybody else. Safe for use by several threads.
 */
public final class KeyMaterialStrategy implements RotationStrategy<KeyMaterialTarget> {

  /** For {@link java.util.ServiceLoader}. */
  public KeyMaterialStrategy() {}

  @Override
  public String kind() {
    return KeyMaterialTarget.KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<KeyMaterialTarget> request) {
    KeyOptions options = mine(request.options());
    String home = request.kms().serviceClientConfiguration().region().id();
    Kms kms = new Kms(new KeyClients(home, Optional.of(request.kms()), options));
    return new KeyMaterialPlanning(request, options, kms, home).plan();
  }

  /** The key, whichever kind of plan changes it. */
  @Override
  public Set<String> resources(RotationPlan plan) {
    return Set.of(plan.currentKeyArn().orElse(plan.targetId()));
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> given) {
    KeyOptions options = mine(given);
    if (options.keyMaterial().isEmpty()) {
      throw new MissingOptionException(
          "Run "
              + plan.runId()
              + " imports key material again. Give the runner KeyMaterialOptions with"
              + " keyMaterial(...).");
    }
    KeyClients clients = new KeyClients(plan.region(), options.client(), options);
    return BoundSteps.of(
        () -> KeyMaterialSteps.of(new KeyStep.Env(plan, new Kms(clients), options)),
        clients::close);
  }

  private static KeyOptions mine(Optional<StrategyOptions<?>> options) {
    StrategyOptions<?> any = options.orElseGet(() -> KeyMaterialOptions.builder().build());
    if (any instanceof KeyMaterialOptions mine) {
      return mine.asKeyOptions();
    }
    throw new IllegalArgumentException(
        "Options of kind 'key-material' have to be KeyMaterialOptions, not " + any);
  }
}
