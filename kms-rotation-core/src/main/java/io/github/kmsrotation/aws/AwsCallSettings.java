package io.github.kmsrotation.aws;

import io.github.kmsrotation.internal.InWords;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How calls to AWS are tried. Immutable. Defaults:
 *
 * <ul>
 *   <li>11 attempts, the first pause 200 ms, doubled each time up to 20 s, with jitter of half of
 *       it either way: 85 s between the first and the last attempt on average, 43 s at least, so
 *       that throttling of a minute is ridden out.
 *   <li>of each operation of EC2 and KMS four fifths of what AWS documents as its default rate, so
 *       that work flows right under it and others of the account are not starved: for example 4 a
 *       second of {@code ec2:CreateVolume} after 80 at once.
 *   <li>50 calls a second in all, which is what keeps the pace where AWS documents no rate, as of
 *       RDS and Systems Manager.
 *   <li>the circuit opens when half of the last 20 calls failed for no reason of the caller's,
 *       throttling aside, for 30 s: a Region in trouble is left alone.
 * </ul>
 *
 * <p>A runner's runs share the rates and the circuit.
 */
public final class AwsCallSettings {

  private final int maxAttempts;
  private final Duration firstPause;
  private final Duration longestPause;
  private final int callsPerSecond;
  private final double share;
  private final Map<String, CallRate> rates;
  private final Duration openCircuitFor;

  private AwsCallSettings(Builder builder) {
    if (builder.firstPause.compareTo(builder.longestPause) > 0) {
      throw new IllegalArgumentException(
          "firstPause "
              + InWords.exactly(builder.firstPause)
              + " is longer than longestPause "
              + InWords.exactly(builder.longestPause));
    }
    this.maxAttempts = builder.maxAttempts;
    this.firstPause = builder.firstPause;
    this.longestPause = builder.longestPause;
    this.callsPerSecond = builder.callsPerSecond;
    this.share = builder.share;
    this.rates = Map.copyOf(builder.rates);
    this.openCircuitFor = builder.openCircuitFor;
  }

  /**
   * The defaults of the class description.
   *
   * @return settings
   */
  public static AwsCallSettings ofDefaults() {
    return builder().build();
  }

  /**
   * A new builder with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Attempts in all.
   *
   * @return 1 to 100
   */
  public int maxAttempts() {
    return maxAttempts;
  }

  /**
   * The pause after the first failed attempt.
   *
   * @return a positive duration
   */
  public Duration firstPause() {
    return firstPause;
  }

  /**
   * The longest pause between attempts, before jitter.
   *
   * @return a positive duration
   */
  public Duration longestPause() {
    return longestPause;
  }

  /**
   * The most calls in one second, of all operations together.
   *
   * @return 1 to 10,000
   */
  public int callsPerSecond() {
    return callsPerSecond;
  }

  /**
   * How often an operation is called: the rate that was set for it, or else {@link
   * Builder#shareOfDocumentedRates a share} of what AWS documents as its default.
   *
   * @param operation the IAM action, for example {@code ec2:CreateVolume}
   * @return the rate; empty if none was set and AWS documents none, so that only {@link
   *     #callsPerSecond} holds
   */
  public Optional<CallRate> rateOf(String operation) {
    return Optional.ofNullable(rates.get(operation))
        .or(() -> DocumentedRates.of(operation).map(rate -> rate.times(share)));
  }

  /**
   * How long no call is made after the circuit opened.
   *
   * @return a positive duration
   */
  public Duration openCircuitFor() {
    return openCircuitFor;
  }

  /** Builds settings. Not safe for use by several threads. */
  public static final class Builder {

    private int maxAttempts = 11;
    private Duration firstPause = Duration.ofMillis(200);
    private Duration longestPause = Duration.ofSeconds(20);
    private int callsPerSecond = 50;
    private double share = 0.8;
    private final Map<String, CallRate> rates = new HashMap<>();
    private Duration openCircuitFor = Duration.ofSeconds(30);

    private Builder() {}

    /**
     * Attempts in all, the first included.
     *
     * @param maxAttempts 1 to 100
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder maxAttempts(int maxAttempts) {
      this.maxAttempts = inRange("maxAttempts", maxAttempts, 1, 100);
      return this;
    }

    /**
     * The pause after the first failed attempt.
     *
     * @param firstPause positive
     * @return this builder
     * @throws IllegalArgumentException if not positive
     */
    public Builder firstPause(Duration firstPause) {
      this.firstPause = positive("firstPause", firstPause);
      return this;
    }

    /**
     * The longest pause, before jitter.
     *
     * @param longestPause positive
     * @return this builder
     * @throws IllegalArgumentException if not positive
     */
    public Builder longestPause(Duration longestPause) {
      this.longestPause = positive("longestPause", longestPause);
      return this;
    }

    /**
     * Which part of the rates that AWS documents as its defaults is used. 0.8 by default. An
     * account with higher limits takes more than 1: AWS tells its EC2 limits to nobody by an API,
     * those of KMS are in Service Quotas.
     *
     * @param share more than 0, up to 1,000
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder shareOfDocumentedRates(double share) {
      if (!(share > 0 && share <= 1_000)) {
        throw new IllegalArgumentException(
            "share must be more than 0 and up to 1,000, was " + share);
      }
      this.share = share;
      return this;
    }

    /**
     * How often one operation is called, instead of a share of what AWS documents for it.
     *
     * @param operation the IAM action, for example {@code rds:CopyDBSnapshot}
     * @param rate the rate
     * @return this builder
     */
    public Builder rate(String operation, CallRate rate) {
      rates.put(
          Objects.requireNonNull(operation, "operation"), Objects.requireNonNull(rate, "rate"));
      return this;
    }

    /**
     * The most calls in one second, of all operations together.
     *
     * @param callsPerSecond 1 to 10,000
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder callsPerSecond(int callsPerSecond) {
      this.callsPerSecond = inRange("callsPerSecond", callsPerSecond, 1, 10_000);
      return this;
    }

    /**
     * How long no call is made after the circuit opened.
     *
     * @param openCircuitFor positive
     * @return this builder
     * @throws IllegalArgumentException if not positive
     */
    public Builder openCircuitFor(Duration openCircuitFor) {
      this.openCircuitFor = positive("openCircuitFor", openCircuitFor);
      return this;
    }

    /**
     * Builds.
     *
     * @return the settings
     * @throws IllegalArgumentException if the first pause is longer than the longest
     */
    public AwsCallSettings build() {
      return new AwsCallSettings(this);
    }

    private static int inRange(String name, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            name + " must be " + least + " to " + most + ", was " + value);
      }
      return value;
    }

    private static Duration positive(String name, Duration value) {
      Objects.requireNonNull(value, name);
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(
            name + " must be positive, was " + InWords.exactly(value));
      }
      return value;
    }
  }
}
