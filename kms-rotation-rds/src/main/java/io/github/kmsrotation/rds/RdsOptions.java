package io.github.kmsrotation.rds;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.rds.data.DataVerifier;
import io.github.kmsrotation.target.RdsTarget;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;

/**
 * What the RDS strategy needs beyond target and key. Given to the planner and to the runner: {@code
 * observeFor}, and whether writes are frozen and data compared, are the plan's; clients, hooks and
 * {@code patience} are the runner's. Immutable. Defaults:
 *
 * <ul>
 *   <li>a blue/green deployment where RDS can make one; see {@link BlueGreen}
 *   <li>clients for the DB instance's Region with the environment's credentials, closed after use
 *   <li>no {@link WriteFreeze} and no {@link DataVerifier}: planning a way by DB snapshots then
 *       refuses, unless what that means is accepted in so many words
 *   <li>nothing is observed beyond one look after the cutover
 *   <li>24 hours of patience for each DB snapshot, copy and restore, since a large one takes hours
 * </ul>
 */
public final class RdsOptions implements StrategyOptions<RdsTarget> {

  private final Optional<RdsClient> client;
  private final Optional<KmsClient> kmsClient;
  private final Optional<WriteFreeze> writeFreeze;
  private final Optional<DataVerifier> dataVerifier;
  private final boolean losingWritesAccepted;
  private final boolean unverifiedDataAccepted;
  private final BlueGreen blueGreen;
  private final Duration switchoverTimeout;
  private final Duration observeFor;
  private final Duration patience;

  private RdsOptions(Builder builder) {
    this.client = builder.client;
    this.kmsClient = builder.kmsClient;
    this.writeFreeze = builder.writeFreeze;
    this.dataVerifier = builder.dataVerifier;
    this.losingWritesAccepted = builder.losingWritesAccepted;
    this.unverifiedDataAccepted = builder.unverifiedDataAccepted;
    this.blueGreen = builder.blueGreen;
    this.switchoverTimeout = builder.switchoverTimeout;
    this.observeFor = builder.observeFor;
    this.patience = builder.patience;
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
    return RdsTarget.KIND;
  }

  Optional<RdsClient> client() {
    return client;
  }

  Optional<KmsClient> kmsClient() {
    return kmsClient;
  }

  Optional<WriteFreeze> writeFreeze() {
    return writeFreeze;
  }

  Optional<DataVerifier> dataVerifier() {
    return dataVerifier;
  }

  boolean isLosingWritesAccepted() {
    return losingWritesAccepted;
  }

  boolean isUnverifiedDataAccepted() {
    return unverifiedDataAccepted;
  }

  BlueGreen blueGreen() {
    return blueGreen;
  }

  Duration switchoverTimeout() {
    return switchoverTimeout;
  }

  Duration observeFor() {
    return observeFor;
  }

  Duration patience() {
    return patience;
  }

  @Override
  public String toString() {
    return "RdsOptions[writeFreeze="
        + writeFreeze.isPresent()
        + ", dataVerifier="
        + dataVerifier.isPresent()
        + ", iAcceptLosingWritesMadeAfterTheSnapshot="
        + losingWritesAccepted
        + ", iAcceptThatTheDataIsNotCompared="
        + unverifiedDataAccepted
        + ", blueGreen="
        + blueGreen
        + ", observeFor="
        + InWords.exactly(observeFor)
        + "]";
  }

  /** Builds options. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<RdsClient> client = Optional.empty();
    private Optional<KmsClient> kmsClient = Optional.empty();
    private Optional<WriteFreeze> writeFreeze = Optional.empty();
    private Optional<DataVerifier> dataVerifier = Optional.empty();
    private boolean losingWritesAccepted;
    private boolean unverifiedDataAccepted;
    private BlueGreen blueGreen = BlueGreen.PREFERRED;
    private Duration switchoverTimeout = Duration.ofMinutes(5);
    private Duration observeFor = Duration.ZERO;
    private Duration patience = Duration.ofHours(24);

    private Builder() {}

    /**
     * The client to call RDS with. It is not closed.
     *
     * @param client a client for the Region of the DB instance
     * @return this builder
     */
    public Builder client(RdsClient client) {
      this.client = Optional.of(client);
      return this;
    }

    /**
     * The client to ask KMS with, before the original steps aside and before it is deleted, whether
     * the new key can still be used. It is not closed.
     *
     * @param kmsClient a client for the Region of the DB instance, that may {@code DescribeKey}
     * @return this builder
     */
    public Builder kmsClient(KmsClient kmsClient) {
      this.kmsClient = Optional.of(kmsClient);
      return this;
    }

    /**
     * How writers are stopped before the DB snapshot.
     *
     * @param writeFreeze the caller's means
     * @return this builder
     */
    public Builder writeFreeze(WriteFreeze writeFreeze) {
      this.writeFreeze = Optional.of(writeFreeze);
      return this;
    }

    /**
     * How the data of both databases is compared before the cutover. Planning tries it against the
     * original: {@link DataVerifier#preflight}.
     *
     * @param dataVerifier for example a {@code JdbcComparison}
     * @return this builder
     */
    public Builder verifyData(DataVerifier dataVerifier) {
      this.dataVerifier = Optional.of(dataVerifier);
      return this;
    }

    /**
     * Instead of {@link #writeFreeze}: writes made after the DB snapshot may be lost.
     *
     * @return this builder
     */
    public Builder iAcceptLosingWritesMadeAfterTheSnapshot() {
      this.losingWritesAccepted = true;
      return this;
    }

    /**
     * Instead of {@link #verifyData}: the replacement is cut over and the original deleted without
     * the data having been compared.
     *
     * @return this builder
     */
    public Builder iAcceptThatTheDataIsNotCompared() {
      this.unverifiedDataAccepted = true;
      return this;
    }

    /**
     * Whether a blue/green deployment is used.
     *
     * @param blueGreen by default {@link BlueGreen#PREFERRED}
     * @return this builder
     */
    public Builder blueGreen(BlueGreen blueGreen) {
      this.blueGreen = Objects.requireNonNull(blueGreen, "blueGreen");
      return this;
    }

    /**
     * How long a switchover of a blue/green deployment may take before RDS takes it back. Writes
     * wait or fail meanwhile. By default five minutes, as RDS has it.
     *
     * @param switchoverTimeout 30 seconds to one hour, which is what RDS takes
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder switchoverTimeout(Duration switchoverTimeout) {
      if (switchoverTimeout.compareTo(Duration.ofSeconds(30)) < 0
          || switchoverTimeout.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            "switchoverTimeout must be 30 seconds to one hour, was "
                + InWords.exactly(switchoverTimeout));
      }
      this.switchoverTimeout = switchoverTimeout;
      return this;
    }

    /**
     * How long the replacement serves before RETIRE may begin.
     *
     * @param observeFor zero to 30 days
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder observeFor(Duration observeFor) {
      if (observeFor.isNegative() || observeFor.compareTo(Duration.ofDays(30)) > 0) {
        throw new IllegalArgumentException(
            "observeFor must be 0 to 30 days, was " + InWords.exactly(observeFor));
      }
      this.observeFor = observeFor;
      return this;
    }

    /**
     * How long each DB snapshot, copy, restore or change may take before the run stops and asks.
     *
     * @param patience one minute to 30 days
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder patience(Duration patience) {
      Objects.requireNonNull(patience, "patience");
      if (patience.compareTo(Duration.ofMinutes(1)) < 0
          || patience.compareTo(Duration.ofDays(30)) > 0) {
        throw new IllegalArgumentException(
            "patience must be one minute to 30 days, was " + InWords.exactly(patience));
      }
      this.patience = patience;
      return this;
    }

    /**
     * Builds.
     *
     * @return the options
     */
    public RdsOptions build() {
      return new RdsOptions(this);
    }
  }
}
