package io.github.kmsrotation.ebs;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.EbsTarget;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * What the EBS strategy needs beyond target and key. Given to the planner and to the runner: how
 * writes stop, {@code observeFor}, {@code volumeInitializationRate} and {@code
 * deleteFinalSnapshots} are the plan's; clients, hooks and {@code patience} are the runner's.
 * Immutable. Defaults:
 *
 * <ul>
 *   <li>clients for the environment's Region and credentials, closed after use
 *   <li>neither {@link Builder#stopInstance} nor a {@link VolumeFreeze}: planning then refuses the
 *       volumes of a running instance, since what is written after the snapshot would be lost
 *   <li>nothing is observed beyond one look after the cutover
 *   <li>24 hours of patience, since the first snapshot of a large volume takes hours
 *   <li>EBS initializes new volumes at its own pace, which costs nothing
 *   <li>the snapshots from which the new volumes were made stay, under the old key
 *   <li>new volumes are made from snapshots, not copied to by the operating system
 * </ul>
 */
public final class EbsOptions implements StrategyOptions<EbsTarget> {

  private static final int LEAST_RATE = 100;
  private static final int MOST_RATE = 300;
  private static final int MOST_GIB = 65_536;

  private final Optional<Ec2Client> client;
  private final Optional<KmsClient> kmsClient;
  private final boolean stopsInstance;
  private final Optional<VolumeFreeze> writeFreeze;
  private final boolean autoScalingSuspended;
  private final boolean losingInstanceStoreAccepted;
  private final Duration observeFor;
  private final Duration patience;
  private final OptionalInt initializationRate;
  private final boolean deletesFinalSnapshots;
  private final Optional<VolumeCopier> copier;
  private final OptionalInt newSize;

  private EbsOptions(Builder builder) {
    this.client = builder.client;
    this.kmsClient = builder.kmsClient;
    this.stopsInstance = builder.stopsInstance;
    this.writeFreeze = builder.writeFreeze;
    this.autoScalingSuspended = builder.autoScalingSuspended;
    this.losingInstanceStoreAccepted = builder.losingInstanceStoreAccepted;
    this.observeFor = builder.observeFor;
    this.patience = builder.patience;
    this.initializationRate = builder.initializationRate;
    this.deletesFinalSnapshots = builder.deletesFinalSnapshots;
    this.copier = builder.copier;
    this.newSize = builder.newSize;
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
    return EbsTarget.KIND;
  }

  Optional<Ec2Client> client() {
    return client;
  }

  Optional<KmsClient> kmsClient() {
    return kmsClient;
  }

  boolean stopsInstance() {
    return stopsInstance;
  }

  Optional<VolumeFreeze> writeFreeze() {
    return writeFreeze;
  }

  boolean isAutoScalingSuspended() {
    return autoScalingSuspended;
  }

  boolean isLosingInstanceStoreAccepted() {
    return losingInstanceStoreAccepted;
  }

  Duration observeFor() {
    return observeFor;
  }

  Duration patience() {
    return patience;
  }

  OptionalInt initializationRate() {
    return initializationRate;
  }

  boolean deletesFinalSnapshots() {
    return deletesFinalSnapshots;
  }

  Optional<VolumeCopier> copier() {
    return copier;
  }

  OptionalInt newSize() {
    return newSize;
  }

  @Override
  public String toString() {
    return "EbsOptions[stopInstance="
        + stopsInstance
        + ", writeFreeze="
        + writeFreeze.isPresent()
        + ", observeFor="
        + InWords.exactly(observeFor)
        + "]";
  }

  /** Builds options. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<Ec2Client> client = Optional.empty();
    private Optional<KmsClient> kmsClient = Optional.empty();
    private boolean stopsInstance;
    private Optional<VolumeFreeze> writeFreeze = Optional.empty();
    private boolean autoScalingSuspended;
    private boolean losingInstanceStoreAccepted;
    private Duration observeFor = Duration.ZERO;
    private Duration patience = Duration.ofHours(24);
    private OptionalInt initializationRate = OptionalInt.empty();
    private boolean deletesFinalSnapshots;
    private Optional<VolumeCopier> copier = Optional.empty();
    private OptionalInt newSize = OptionalInt.empty();

    private Builder() {}

    /**
     * The client to call EC2 with. It is not closed.
     *
     * @param client a client for the Region of the volumes
     * @return this builder
     */
    public Builder client(Ec2Client client) {
      this.client = Optional.of(client);
      return this;
    }

    /**
     * The client to ask KMS with, before an original is detached and before it is deleted, whether
     * the new key can still be used. It is not closed.
     *
     * @param kmsClient a client for the Region of the volumes, that may {@code DescribeKey}
     * @return this builder
     */
    public Builder kmsClient(KmsClient kmsClient) {
      this.kmsClient = Optional.of(kmsClient);
      return this;
    }

    /**
     * The run may stop the instance, and starts it again: from before the snapshots until the new
     * volumes are attached, nothing is written, and root volumes can be detached. An instance that
     * is stopped already stays so.
     *
     * @return this builder
     */
    public Builder stopInstance() {
      this.stopsInstance = true;
      return this;
    }

    /**
     * Instead of {@link #stopInstance}, for data volumes: how they are taken out of use while the
     * instance stays up.
     *
     * @param writeFreeze the caller's means
     * @return this builder
     */
    public Builder writeFreeze(VolumeFreeze writeFreeze) {
      this.writeFreeze = Optional.of(writeFreeze);
      return this;
    }

    /**
     * The instance's Auto Scaling group leaves it alone while it is stopped: it is in standby, or
     * the group's processes are suspended. Otherwise the group would take it for unhealthy, and
     * terminate and replace it.
     *
     * @return this builder
     */
    public Builder autoScalingIsSuspended() {
      this.autoScalingSuspended = true;
      return this;
    }

    /**
     * What is on the instance's instance store volumes may be lost: stopping it loses that.
     *
     * @return this builder
     */
    public Builder iAcceptLosingInstanceStoreData() {
      this.losingInstanceStoreAccepted = true;
      return this;
    }

    /**
     * How long the new volumes serve before RETIRE may begin.
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
     * How long each snapshot, volume, attachment or change of state may take before the run stops
     * and asks.
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
     * How fast EBS loads the blocks of the snapshots into the new volumes. AWS charges for it by
     * the snapshot's full size; without it a block is slow until it was read once.
     *
     * @param mibPerSecond 100 to 300 MiB/s
     * @return this builder
     * @throws IllegalArgumentException if out of range
     * @see <a
     *     href="https://docs.aws.amazon.com/ebs/latest/userguide/initalize-volume.html">Initialize
     *     Amazon EBS volumes</a>
     */
    public Builder volumeInitializationRate(int mibPerSecond) {
      if (mibPerSecond < LEAST_RATE || mibPerSecond > MOST_RATE) {
        throw new IllegalArgumentException(
            "volumeInitializationRate must be 100 to 300 MiB/s, was " + mibPerSecond);
      }
      this.initializationRate = OptionalInt.of(mibPerSecond);
      return this;
    }

    /**
     * The snapshots from which the new volumes were made are deleted in the end: nothing of the
     * originals is left then.
     *
     * @return this builder
     */
    public Builder deleteFinalSnapshots() {
      this.deletesFinalSnapshots = true;
      return this;
    }

    /**
     * New volumes are empty ones that are attached to the same, running instance, copied to by its
     * operating system, and mounted where the originals were; for data volumes. The originals serve
     * until the cutover, and stay attached until RETIRE. {@link #writeFreeze} is called in the
     * cutover then, to stop and to start what uses the volumes: it leaves them mounted.
     *
     * @param copier what is done on the instance
     * @return this builder
     * @see SsmVolumeCopier
     */
    public Builder copyWith(VolumeCopier copier) {
      this.copier = Optional.of(copier);
      return this;
    }

    /**
     * With {@link #copyWith}, how large the new volumes are: the originals' size by default.
     *
     * @param gib 1 to 65,536 GiB, and no less than any of the originals has
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder newVolumeSize(int gib) {
      if (gib < 1 || gib > MOST_GIB) {
        throw new IllegalArgumentException("newVolumeSize must be 1 to 65,536 GiB, was " + gib);
      }
      this.newSize = OptionalInt.of(gib);
      return this;
    }

    /**
     * Builds.
     *
     * @return the options
     * @throws IllegalArgumentException if both {@link #stopInstance} and {@link #writeFreeze} were
     *     given, or {@link #copyWith} and what is about snapshots or about stopping, or {@link
     *     #newVolumeSize} without {@link #copyWith}
     */
    public EbsOptions build() {
      if (copier.isPresent()
          && (stopsInstance || initializationRate.isPresent() || deletesFinalSnapshots)) {
        throw new IllegalArgumentException(
            "copyWith(...) makes no snapshots and needs the instance to run: leave stopInstance(),"
                + " volumeInitializationRate(...) and deleteFinalSnapshots() out.");
      }
      if (copier.isEmpty() && newSize.isPresent()) {
        throw new IllegalArgumentException(
            "newVolumeSize(...) is for copyWith(...): what is made from a snapshot has its size.");
      }
      if (stopsInstance && writeFreeze.isPresent()) {
        throw new IllegalArgumentException(
            "Give stopInstance() or writeFreeze(...), not both: an instance that is stopped writes"
                + " nothing.");
      }
      return new EbsOptions(this);
    }
  }
}
