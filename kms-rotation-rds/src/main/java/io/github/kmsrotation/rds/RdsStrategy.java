package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.AwsQuota;
import io.github.kmsrotation.spi.Leftovers;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.RdsTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Found by the planner and the runner with {@link java.util.ServiceLoader}; not meant to be called
 * by anybody else. Safe for use by several threads.
 */
public final class RdsStrategy implements RotationStrategy<RdsTarget> {

  /** For {@link java.util.ServiceLoader}. */
  public RdsStrategy() {}

  @Override
  public String kind() {
    return RdsTarget.KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<RdsTarget> request) {
    RdsOptions options = mine(request.options());
    Optional<RdsClient> given = options.client();
    if (given.isPresent()) {
      return new RdsPlanning(request, options, new Rds(given.get())).plan();
    }
    try (RdsClient own = RdsClient.create()) {
      return new RdsPlanning(request, options, new Rds(own)).plan();
    }
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> given) {
    RdsOptions options = mine(given);
    Region region = Region.of(plan.region());
    List<SdkAutoCloseable> own = new ArrayList<>();
    RdsClient rds =
        options.client().orElseGet(() -> kept(own, RdsClient.builder().region(region).build()));
    KmsClient kms =
        options.kmsClient().orElseGet(() -> kept(own, KmsClient.builder().region(region).build()));
    RdsNames names = new RdsNames(plan.targetId(), plan.runId(), RdsWay.of(plan.attributes()));
    return BoundSteps.of(
        () -> RdsSteps.of(new RdsStep.Env(plan, new Rds(rds), kms, names, options)),
        () -> own.forEach(SdkAutoCloseable::close));
  }

  @Override
  public Map<AwsQuota, Integer> quotas(RotationPlan plan, StepDescription step) {
    return RdsQuotas.of(plan, step);
  }

  @Override
  public Leftovers leftovers(Optional<StrategyOptions<?>> given) {
    List<SdkAutoCloseable> own = new ArrayList<>();
    RdsClient client = mine(given).client().orElseGet(() -> kept(own, RdsClient.create()));
    return new RdsLeftovers(client, () -> own.forEach(SdkAutoCloseable::close));
  }

  private static <C extends SdkAutoCloseable> C kept(List<SdkAutoCloseable> own, C client) {
    own.add(client);
    return client;
  }

  static RdsOptions mine(Optional<StrategyOptions<?>> options) {
    StrategyOptions<?> any = options.orElseGet(() -> RdsOptions.builder().build());
    if (any instanceof RdsOptions mine) {
      return mine;
    }
    throw new IllegalArgumentException("Options of kind 'rds' have to be RdsOptions, not " + any);
  }
}
