package io.github.kmsrotation.s3;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.target.S3Target;
import java.util.Optional;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Found by the planner and the runner with {@link java.util.ServiceLoader}; not meant to be called
 * by anybody else. Safe for use by several threads.
 */
public final class S3Strategy implements RotationStrategy<S3Target> {

  /** For {@link java.util.ServiceLoader}. */
  public S3Strategy() {}

  @Override
  public String kind() {
    return S3Target.KIND;
  }

  @Override
  public RotationPlan plan(PlanRequest<S3Target> request) {
    S3Options options = mine(request.options());
    if (options.client().isPresent()) {
      return new S3Planning(request, options, options.client().get()).plan();
    }
    try (S3Api own = new SyncS3(S3Client.create())) {
      return new S3Planning(request, options, options.configured(own)).plan();
    }
  }

  @Override
  public BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> given) {
    S3Options options = mine(given);
    requireOptions(Scope.of(plan.attributes()), options);
    ReplicationSetup.of(plan.attributes()).ifPresent(setup -> requireReplication(options));
    requireBatchOperations(plan, options);
    Optional<S3Api> own =
        options.client().isPresent()
            ? Optional.empty()
            : Optional.of(
                options.configured(
                    new SyncS3(S3Client.builder().region(Region.of(plan.region())).build())));
    S3Api api = options.client().or(() -> own).orElseThrow();
    Workers workers = new Workers(options.concurrency());
    return BoundSteps.of(
        () -> S3Steps.of(plan, api, options, workers),
        () -> {
          workers.close();
          own.ifPresent(S3Api::close);
        });
  }

  /** What a plan cannot store. */
  private static void requireOptions(Scope scope, S3Options options) {
    if (scope.customerKeys() && options.customerKeys().isEmpty()) {
      throw new MissingOptionException(
          "The plan rewrites objects under customer-provided keys: give the runner"
              + " S3Options.sseCustomerKeys(...).");
    }
    if (scope.oldVersions() == OldVersions.DELETE_SUPERSEDED
        && options.reportDirectory().isEmpty()) {
      throw new MissingOptionException(
          "The plan deletes superseded versions, which are noted in a file: give the runner"
              + " S3Options.reportIn(...).");
    }
  }

  private static void requireReplication(S3Options options) {
    boolean isComplete =
        options
            .replication()
            .filter(r -> r.control().isPresent() && r.readers().isPresent())
            .isPresent();
    if (!isComplete) {
      throw new MissingOptionException(
          "The plan replicates: give the runner S3Options.replicateTo(...) with s3Control(...) and"
              + " switchReaders(...).");
    }
  }

  private static void requireBatchOperations(RotationPlan plan, S3Options options) {
    if (BatchPlan.of(plan.attributes()).isPresent() && options.batchOperations().isEmpty()) {
      throw new MissingOptionException(
          "The plan has jobs of S3 Batch Operations run: give the runner"
              + " S3Options.batchOperations(...), whose client it takes.");
    }
  }

  static S3Options mine(Optional<StrategyOptions<?>> options) {
    StrategyOptions<?> any = options.orElseGet(() -> S3Options.builder().build());
    if (any instanceof S3Options mine) {
      return mine;
    }
    throw new IllegalArgumentException("Options of kind 's3' have to be S3Options, not " + any);
  }
}
