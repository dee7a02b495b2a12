package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.AwsQuota;
import io.github.kmsrotation.spi.Leftovers;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.EbsTarget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Found by the planner and the runner with {@link java.util.ServiceLoader}; not meant to be called
 * by anybody else. Safe for use by several threads.
 */
public final class EbsStrategy implements RotationStrategy<EbsTarget> {

  /** For {@link java.util.ServiceLoader}. */
  public EbsStrategy() {}

  @Override
  public String kind() {
    return EbsTarget.KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<EbsTarget> request) {
    EbsOptions options = mine(request.options());
    Optional<Ec2Client> given = options.client();
    if (given.isPresent()) {
      return plan(request, options, new Ec2(given.get()));
    }
    try (Ec2Client own = Ec2Client.create()) {
      return plan(request, options, new Ec2(own));
    }
  }

  private static RotationPlan plan(PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2) {
    EbsTarget target = request.target();
    if (target.isSnapshot()) {
      return new SnapshotPlanning(request, options, ec2).plan();
    }
    if (target.isImage()) {
      return new ImagePlanning(request, options, ec2).plan();
    }
    return target.isDefaultKey()
        ? new DefaultKeyPlanning(request, options, ec2).plan()
        : new EbsPlanning(request, options, ec2).plan();
  }

  private static List<Step> steps(RotationPlan plan, Ec2 ec2, KmsClient kms, EbsOptions options) {
    EbsTarget target = new EbsTarget(plan.targetId());
    EbsStep.Env env = new EbsStep.Env(plan, subject(plan), ec2, kms, options);
    if (target.isSnapshot()) {
      return SnapshotPlanning.steps(env);
    }
    if (target.isImage()) {
      return ImagePlanning.steps(env);
    }
    return target.isDefaultKey() ? DefaultKeyPlanning.steps(env) : EbsSteps.of(env);
  }

  private static Subject subject(RotationPlan plan) {
    EbsTarget target = new EbsTarget(plan.targetId());
    boolean isOfVolumes = !target.isSnapshot() && !target.isImage() && !target.isDefaultKey();
    return isOfVolumes ? Subject.of(plan) : Subject.none();
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> given) {
    EbsOptions options = mine(given);
    Region region = Region.of(plan.region());
    List<SdkAutoCloseable> own = new ArrayList<>();
    Ec2Client ec2 =
        options.client().orElseGet(() -> kept(own, Ec2Client.builder().region(region).build()));
    KmsClient kms =
        options.kmsClient().orElseGet(() -> kept(own, KmsClient.builder().region(region).build()));
    return BoundSteps.of(
        () -> steps(plan, new Ec2(ec2), kms, options), () -> own.forEach(SdkAutoCloseable::close));
  }

  /** The instance and the volumes, so that no other run has one of them alone. */
  @Override
  public Set<String> resources(RotationPlan plan) {
    Subject subject = subject(plan);
    Set<String> ids = new HashSet<>(subject.volumeIds());
    subject.instanceId().ifPresent(ids::add);
    return ids.isEmpty() ? RotationStrategy.super.resources(plan) : ids;
  }

  @Override
  public Map<AwsQuota, Integer> quotas(RotationPlan plan, StepDescription step) {
    return step.id().equals(CopySnapshotStep.ID)
        ? Map.of(CopySnapshotStep.COPIES_AT_A_TIME, 1)
        : Map.of();
  }

  @Override
  public Leftovers leftovers(Optional<StrategyOptions<?>> given) {
    List<SdkAutoCloseable> own = new ArrayList<>();
    Ec2Client client = mine(given).client().orElseGet(() -> kept(own, Ec2Client.create()));
    return new EbsLeftovers(client, () -> own.forEach(SdkAutoCloseable::close));
  }

  private static <C extends SdkAutoCloseable> C kept(List<SdkAutoCloseable> own, C client) {
    own.add(client);
    return client;
  }

  static EbsOptions mine(Optional<StrategyOptions<?>> options) {
    StrategyOptions<?> any = options.orElseGet(() -> EbsOptions.builder().build());
    if (any instanceof EbsOptions mine) {
      return mine;
    }
    throw new IllegalArgumentException("Options of kind 'ebs' have to be EbsOptions, not " + any);
  }
}
