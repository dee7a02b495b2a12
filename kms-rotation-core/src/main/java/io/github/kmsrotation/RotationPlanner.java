package io.github.kmsrotation;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyFactsReader;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.spi.Strategies;
import io.github.kmsrotation.target.EbsTarget;
import io.github.kmsrotation.target.KeyMaterialTarget;
import io.github.kmsrotation.target.KeyRetirementTarget;
import io.github.kmsrotation.target.KeyTarget;
import io.github.kmsrotation.target.RdsTarget;
import io.github.kmsrotation.target.S3Target;
import io.github.kmsrotation.target.Target;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Makes rotation plans. Planning changes nothing in AWS. Not safe for use by several threads; the
 * plans are.
 *
 * @param <T> what is rotated
 */
public final class RotationPlanner<T extends Target> {

  private final T target;
  private Optional<RotationReason> reason = Optional.empty();
  private Optional<String> targetKey = Optional.empty();
  private Optional<StrategyOptions<?>> options = Optional.empty();
  private Optional<KmsClient> kms = Optional.empty();
  private AwsCallSettings callSettings = AwsCallSettings.ofDefaults();
  private Clock clock = Clock.systemUTC();

  private RotationPlanner(T target) {
    this.target = target;
  }

  /**
   * For an RDS DB instance. Needs the artifact {@code kms-rotation-rds}.
   *
   * @param dbInstanceIdentifier the DB instance
   * @return a planner
   * @throws IllegalArgumentException if that is no DB instance identifier
   */
  public static RotationPlanner<RdsTarget> forRds(String dbInstanceIdentifier) {
    return new RotationPlanner<>(new RdsTarget(dbInstanceIdentifier));
  }

  /**
   * For an EBS volume, for all volumes of an EC2 instance at one point in time, for an EBS
   * snapshot, or for an AMI with its snapshots. Needs the artifact {@code kms-rotation-ebs}.
   *
   * @param id of a volume ({@code vol-0123456789abcdef0}), an instance ({@code i-...}), a snapshot
   *     ({@code snap-...}) or an AMI ({@code ami-...})
   * @return a planner
   * @throws IllegalArgumentException if that is no such id
   */
  public static RotationPlanner<EbsTarget> forEbs(String id) {
    return new RotationPlanner<>(new EbsTarget(id));
  }

  /**
   * For the account's default KMS key for EBS encryption, in the Region of the client: under it go
   * volumes and snapshot copies for which no key is named. What exists already stays as it is.
   * Needs the artifact {@code kms-rotation-ebs}.
   *
   * @return a planner
   */
  public static RotationPlanner<EbsTarget> forEbsDefaultKey() {
    return new RotationPlanner<>(new EbsTarget(EbsTarget.DEFAULT_KEY));
  }

  /**
   * For what a selection found, such as {@code EbsSelection}: a volume, or an instance with all its
   * volumes or some. Needs the artifact {@code kms-rotation-ebs}.
   *
   * @param target the target
   * @return a planner
   */
  public static RotationPlanner<EbsTarget> forEbs(EbsTarget target) {
    return new RotationPlanner<>(target);
  }

  /**
   * For the objects of an S3 bucket, every version of them, and for the bucket's default
   * encryption. Needs the artifact {@code kms-rotation-s3}. Its options are {@code S3Options}.
   *
   * @param bucket the bucket
   * @return a planner
   * @throws IllegalArgumentException if that is no name of a bucket
   */
  public static RotationPlanner<S3Target> forS3(String bucket) {
    return new RotationPlanner<>(new S3Target(bucket, Optional.empty()));
  }

  /**
   * For the objects of an S3 bucket whose keys begin with a prefix, every version of them. The
   * bucket's default encryption, which is not only theirs, stays as it is. Needs the artifact
   * {@code kms-rotation-s3}. Its options are {@code S3Options}.
   *
   * @param bucket the bucket
   * @param prefix what the keys begin with, for example {@code orders/}
   * @return a planner
   * @throws IllegalArgumentException if that is no name of a bucket, or the prefix is empty
   */
  public static RotationPlanner<S3Target> forS3(String bucket, String prefix) {
    return new RotationPlanner<>(new S3Target(bucket, Optional.of(prefix)));
  }

  /**
   * For a KMS key itself: what the policy decides about it becomes a plan. Its options are {@code
   * KeyOptions}.
   *
   * @param key a key ARN, key id, alias name ({@code alias/...}) or alias ARN
   * @return a planner
   * @throws IllegalArgumentException if that is no name of a key
   */
  public static RotationPlanner<KeyTarget> forKey(String key) {
    return new RotationPlanner<>(new KeyTarget(key));
  }

  /**
   * For the imported material of a KMS key: the same material is imported again, because it has
   * expired, was deleted, or is about to expire. It needs no {@link #because}. Its options are
   * {@code KeyMaterialOptions}.
   *
   * @param key a key ARN, key id, alias name ({@code alias/...}) or alias ARN
   * @return a planner
   * @throws IllegalArgumentException if that is no name of a key
   */
  public static RotationPlanner<KeyMaterialTarget> forKeyMaterial(String key) {
    return new RotationPlanner<>(new KeyMaterialTarget(key));
  }

  /**
   * For the retirement of a KMS key: a plan that sees that nothing uses it, disables it, and
   * schedules its deletion. What uses the key is asked of every artifact on the class path that
   * knows a service, such as {@code kms-rotation-rds}; the plan says which those were. It needs no
   * {@link #because}. Its options are {@code KeyRetirementOptions}.
   *
   * @param key a key ARN, key id, alias name ({@code alias/...}) or alias ARN
   * @return a planner
   * @throws IllegalArgumentException if that is no name of a key
   */
  public static RotationPlanner<KeyRetirementTarget> forKeyRetirement(String key) {
    return new RotationPlanner<>(new KeyRetirementTarget(key));
  }

  /**
   * Required but for {@link #forKeyMaterial} and {@link #forKeyRetirement}: why the key is to be
   * rotated. It decides what rotation is needed.
   *
   * @param reason the reason
   * @return this planner
   * @throws IllegalStateException if no reason would change the plan: a key is to be retired, or
   *     its material imported again
   */
  public RotationPlanner<T> because(RotationReason reason) {
    if (!target.needsReason()) {
      throw new IllegalStateException(
          "There is one plan of kind '"
              + target.kind()
              + "', for any reason: leave out because(...)");
    }
    this.reason = Optional.of(Objects.requireNonNull(reason, "reason"));
    return this;
  }

  /**
   * The KMS key to rotate to. Without it, the policy decides whether one is needed.
   *
   * @param key a key ARN, key id, alias name ({@code alias/...}) or alias ARN; resolved once
   * @return this planner
   */
  public RotationPlanner<T> toKey(String key) {
    this.targetKey = Optional.of(key);
    return this;
  }

  /**
   * What the strategy needs to know beyond target and key.
   *
   * @param options the options of the strategy for this target
   * @return this planner
   */
  public RotationPlanner<T> with(StrategyOptions<T> options) {
    this.options = Optional.of(options);
    return this;
  }

  /**
   * The client that keys are read with; it is not closed. By default one is made from the
   * environment's Region and credentials, and closed after planning.
   *
   * @param kms a client for the target's Region
   * @return this planner
   */
  public RotationPlanner<T> kmsClient(KmsClient kms) {
    this.kms = Optional.of(kms);
    return this;
  }

  /**
   * How calls to AWS are tried.
   *
   * @param settings the settings
   * @return this planner
   */
  public RotationPlanner<T> calls(AwsCallSettings settings) {
    this.callSettings = Objects.requireNonNull(settings, "settings");
    return this;
  }

  /**
   * The time, for tests.
   *
   * @param clock a clock
   * @return this planner
   */
  public RotationPlanner<T> clock(Clock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /**
   * Makes the plan with read-only calls.
   *
   * @return the plan
   * @throws io.github.kmsrotation.plan.PlanningException with every problem that was found
   * @throws io.github.kmsrotation.error.MissingStrategyException if the strategy's artifact is not
   *     on the class path
   * @throws io.github.kmsrotation.error.MissingPermissionException if AWS denied a call
   * @throws io.github.kmsrotation.error.ClientConfigurationException if the SDK found no Region or
   *     no credentials in the environment, and no client that has them was given
   * @throws io.github.kmsrotation.aws.AwsUnavailableException if AWS kept failing
   * @throws IllegalStateException if {@link #because} was not called, and has to be
   */
  public RotationPlan plan() {
    if (target.needsReason() && reason.isEmpty()) {
      throw new IllegalStateException(
          "Say why '" + target.id() + "' is to be rotated: call because(RotationReason...)");
    }
    RotationStrategy<T> strategy = strategy();
    if (kms.isPresent()) {
      return plan(strategy, kms.get());
    }
    try (KmsClient own = AwsCalls.client(KmsClient::create)) {
      return plan(strategy, own);
    }
  }

  /** The strategy may have to make clients of its own. */
  private RotationPlan plan(RotationStrategy<T> strategy, KmsClient client) {
    return AwsCalls.client(() -> strategy.plan(request(client)));
  }

  @SuppressWarnings("unchecked") // a strategy's kind and its target type belong together
  private RotationStrategy<T> strategy() {
    return (RotationStrategy<T>) Strategies.find(target.kind());
  }

  private PlanRequest<T> request(KmsClient client) {
    AwsCalls calls = new AwsCalls(callSettings);
    return new PlanRequest<>(
        target,
        reason,
        targetKey,
        options,
        client,
        new KeyFactsReader(client, calls),
        calls,
        RunId.random(),
        clock);
  }
}
