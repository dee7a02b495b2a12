package io.github.kmsrotation.retire;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.KeyRetirementTarget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * What a plan that retires a KMS key needs beyond the key. How long to observe and to wait, and
 * what was accepted, is stored in the plan; a runner needs only the clients. Immutable. Defaults:
 *
 * <ul>
 *   <li>clients from the environment's credentials, closed after use
 *   <li>the key is observed disabled for 7 days: what runs daily or weekly fails once in them, and
 *       is seen in CloudTrail as {@code DisabledException}, while one call still brings the key
 *       back
 *   <li>a waiting period of 30 days, the longest, and AWS's own default: the key is as unusable in
 *       it, so that what runs monthly is seen before it is too late
 *   <li>a key that was used in the last {@value #LATELY_IN_DAYS} days is refused
 *   <li>a plan is refused if there is no artifact on the class path that tells what a service has
 *       under the key
 * </ul>
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html">
 *     GetKeyLastUsage, which advises to disable a key first and to watch CloudTrail</a>
 */
public final class KeyRetirementOptions implements StrategyOptions<KeyRetirementTarget> {

  /** A longest month: who uses the key once a month has used it in that time. */
  static final int LATELY_IN_DAYS = 31;

  private final Optional<KmsClient> client;
  private final Map<String, StrategyOptions<?>> sourceOptions;
  private final Duration observeFor;
  private final int pendingWindowInDays;
  private final boolean lateUseAccepted;
  private final boolean unaskedServicesAccepted;

  private KeyRetirementOptions(Builder builder) {
    this.client = builder.client;
    this.sourceOptions = Map.copyOf(builder.sourceOptions);
    this.observeFor = builder.observeFor;
    this.pendingWindowInDays = builder.pendingWindowInDays;
    this.lateUseAccepted = builder.lateUseAccepted;
    this.unaskedServicesAccepted = builder.unaskedServicesAccepted;
  }

  /**
   * A new builder with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String kind() {
    return KeyRetirementTarget.KIND;
  }

  Optional<KmsClient> client() {
    return client;
  }

  Optional<StrategyOptions<?>> sourceOptions(String kind) {
    return Optional.ofNullable(sourceOptions.get(kind));
  }

  Duration observeFor() {
    return observeFor;
  }

  int pendingWindowInDays() {
    return pendingWindowInDays;
  }

  boolean isLateUseAccepted() {
    return lateUseAccepted;
  }

  boolean areUnaskedServicesAccepted() {
    return unaskedServicesAccepted;
  }

  @Override
  public String toString() {
    return "KeyRetirementOptions[observeFor="
        + InWords.exactly(observeFor)
        + ", pendingWindowInDays="
        + pendingWindowInDays
        + ", lateUseAccepted="
        + lateUseAccepted
        + ", unaskedServicesAccepted="
        + unaskedServicesAccepted
        + "]";
  }

  /** Builds options. Not safe for use by several threads. */
  public static final class Builder {

    private static final Duration SHORTEST = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    private Optional<KmsClient> client = Optional.empty();
    private final Map<String, StrategyOptions<?>> sourceOptions = new HashMap<>();
    private Duration observeFor = Duration.ofDays(7);
    private int pendingWindowInDays = 30;
    private boolean lateUseAccepted;
    private boolean unaskedServicesAccepted;

    private Builder() {}

    /**
     * The client that the run calls KMS with. It is not closed.
     *
     * @param client a client for the key's Region
     * @return this builder
     */
    public Builder client(KmsClient client) {
      this.client = Optional.of(client);
      return this;
    }

    /**
     * The options with which a service is asked what it has under the key, for their client above
     * all. Called once for each service; without it that service is asked with defaults.
     *
     * @param options for example {@code RdsOptions}
     * @return this builder
     */
    public Builder with(StrategyOptions<?> options) {
      this.sourceOptions.put(options.kind(), options);
      return this;
    }

    /**
     * How long the key is observed disabled before its deletion is scheduled.
     *
     * @param period one hour to 365 days; less would observe next to nothing
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder observeFor(Duration period) {
      Objects.requireNonNull(period, "period");
      if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "observeFor must be one hour to 365 days, was " + InWords.exactly(period));
      }
      this.observeFor = period;
      return this;
    }

    /**
     * The waiting period, in which the deletion can be cancelled.
     *
     * @param days 7 to 30
     * @return this builder
     * @throws IllegalArgumentException if out of range
     * @see <a
     *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html">
     *     ScheduleKeyDeletion</a>
     */
    public Builder pendingWindowInDays(int days) {
      if (days < 7 || days > 30) {
        throw new IllegalArgumentException("pendingWindowInDays must be 7 to 30, was " + days);
      }
      this.pendingWindowInDays = days;
      return this;
    }

    /**
     * Has a key retired that was used in the last {@value KeyRetirementOptions#LATELY_IN_DAYS}
     * days, because that use is known and has ended: by the move of its data to another key, for
     * example. Search your code for this name to find every place that says so.
     *
     * @return this builder
     */
    public Builder iAcceptThatTheKeyWasUsedLately() {
      this.lateUseAccepted = true;
      return this;
    }

    /**
     * Has a key retired although no artifact on the class path, such as {@code kms-rotation-rds},
     * tells what a service has under it. For keys that only programs use. Search your code for this
     * name to find every place that says so.
     *
     * @return this builder
     */
    public Builder iAcceptThatNoServiceIsAsked() {
      this.unaskedServicesAccepted = true;
      return this;
    }

    /**
     * Builds.
     *
     * @return the options
     */
    public KeyRetirementOptions build() {
      return new KeyRetirementOptions(this);
    }
  }
}
