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
 * writes stop, how new volumes are made and copies take their time, {@code observeFor} and {@code
 * deleteFinalSnapshots} are the plan's; clients, hooks, consents and {@code patience} are the
 * runner's. Immutable. Defaults:
 *
 * <ul>
 *   <li>clients for the environment's Region and credentials, closed after use
 *   <li>neither {@link Builder#stopInstance} nor a {@link VolumeFreeze}: planning then refuses the
 *       volumes of a running instance, since what is written after the snapshot would be lost
 *   <li>nothing is observed beyond one look after the cutover
 *   <li>24 hours of patience, since the first snapshot of a large volume takes hours
 *   <li>volumes are swapped, the root volume too: a task that replaces a root volume reboots the
 *       instance, and loses what was written since the snapshot
 *   <li>new volumes are made from snapshots, of which one is left when all is over
 *   <li>EBS initializes new volumes at its own pace, which costs nothing
 *   <li>snapshots and AMIs are copied as fast as EBS can, which costs nothing either
 *   <li>the snapshots from which the new volumes were made stay, under the old key
 *   <li>new volumes are made from snapshots, not copied to by the operating system
 * </ul>
 */
public final class EbsOptions implements StrategyOptions<EbsTarget> {

  private static final int LEAST_RATE = 100;
  private static final int MOST_RATE = 300;
  private static final Duration COMPLETION_STEP = Duration.ofMinutes(15);
  private static final Duration LONGEST_COMPLETION = Duration.ofDays(2);
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
  private final boolean replacesRootVolume;
  private final boolean copiesVolumes;
  private final boolean restoresFast;
  private final Optional<Duration> completionDuration;
  private final Optional<TrafficSwitch> trafficSwitch;
  private final boolean losingWritesAccepted;
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
    this.replacesRootVolume = builder.replacesRootVolume;
    this.copiesVolumes = builder.copiesVolumes;
    this.restoresFast = builder.restoresFast;
    this.completionDuration = builder.completionDuration;
    this.trafficSwitch = builder.trafficSwitch;
    this.losingWritesAccepted = builder.losingWritesAccepted;
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

  boolean replacesRootVolume() {
    return replacesRootVolume;
  }

  boolean copiesVolumes() {
    return copiesVolumes;
  }

  boolean restoresFast() {
    return restoresFast;
  }

  Optional<Duration> completionDuration() {
    return completionDuration;
  }

  Optional<TrafficSwitch> trafficSwitch() {
    return trafficSwitch;
  }

  boolean isLosingWritesAccepted() {
    return losingWritesAccepted;
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
        + ", newInstance="
        + trafficSwitch.isPresent()
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
    private boolean replacesRootVolume;
    private boolean copiesVolumes;
    private boolean restoresFast;
    private Optional<Duration> completionDuration = Optional.empty();
    private Optional<TrafficSwitch> trafficSwitch = Optional.empty();
    private boolean losingWritesAccepted;
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
     * instance stays up. With {@link #replaceRootVolume}, for the root volume: how writes to it
     * stop.
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
     * The root volume of a running instance is replaced by a root volume replacement task ({@code
     * CreateReplaceRootVolumeTask} with the new volume), so that the instance is not stopped but
     * rebooted, on the same host, with its addresses and instance store data. What is written
     * between the snapshot and the task is not on the new volume, so it needs a {@link
     * #writeFreeze} too, or {@link #iAcceptLosingWritesMadeAfterTheSnapshot}. Where such a task is
     * not possible, the plan says why, and stops, detaches and attaches if {@link #stopInstance}
     * was said too.
     *
     * @return this builder
     * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/replace-root.html">Replace
     *     the root volume for an Amazon EC2 instance without stopping it</a>
     */
    public Builder replaceRootVolume() {
      this.replacesRootVolume = true;
      return this;
    }

    /**
     * New volumes are made by {@code CopyVolumes}, which takes no snapshot and so no time for one:
     * a copy is available shortly after, and initialized in the background. AWS charges for each
     * copy by the data that was written to the original. Each copy's key is looked at before
     * anything relies on it; where it is not the new one, or AWS refuses the call, as for a sixth
     * copy at a time in a Region, the run makes snapshots and new volumes of them instead. No
     * snapshot of the originals is left in the end.
     *
     * @return this builder
     * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copying-volume.html">Copy
     *     an Amazon EBS volume</a>
     */
    public Builder copyVolumes() {
      this.copiesVolumes = true;
      return this;
    }

    /**
     * Fast snapshot restore is enabled for the snapshots, in the Availability Zone of the volumes,
     * and disabled again once the new volumes are made: they are as fast as they will be at once.
     * AWS bills each snapshot and Availability Zone for every minute that it is enabled, at least
     * for an hour; enabling takes an hour per TiB, and writes are stopped for as long. Another way
     * than {@link #volumeInitializationRate}, which would take its place.
     *
     * @return this builder
     * @see <a
     *     href="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-fast-snapshot-restore.html">Fast
     *     snapshot restore</a>
     */
    public Builder fastSnapshotRestore() {
      this.restoresFast = true;
      return this;
    }

    /**
     * For snapshots and AMIs: within which time EBS completes each copy of a snapshot. AWS charges
     * for such time-based copies.
     *
     * @param completionDuration 15 minutes to 48 hours, in steps of 15 minutes
     * @return this builder
     * @throws IllegalArgumentException if out of range
     * @see <a
     *     href="https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html">Time-based
     *     copies</a>
     */
    public Builder completionDuration(Duration completionDuration) {
      boolean isWrong =
          completionDuration.compareTo(COMPLETION_STEP) < 0
              || completionDuration.compareTo(LONGEST_COMPLETION) > 0
              || completionDuration.toNanos() % COMPLETION_STEP.toNanos() != 0;
      if (isWrong) {
        throw new IllegalArgumentException(
            "completionDuration must be 15 minutes to 48 hours in steps of 15 minutes, was "
                + InWords.exactly(completionDuration));
      }
      this.completionDuration = Optional.of(completionDuration);
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
     * Instead of a swap on the same instance: a new instance like the original, with the new
     * volumes, takes over the traffic, and the original is terminated in the end. For the target of
     * an instance, with all its volumes. The plan names what is not kept: the instance id, private
     * addresses, instance store data.
     *
     * <p>{@link #stopInstance} then stops the original for good; with {@link #writeFreeze} its
     * volumes, the root volume among them, are frozen and those of the new instance thawed; with
     * {@link #iAcceptLosingWritesMadeAfterTheSnapshot} neither happens. By default the original is
     * swapped in place.
     *
     * @param trafficSwitch how traffic gets to the one and the other, for example {@link
     *     TargetGroupSwitch}
     * @return this builder
     */
    public Builder newInstance(TrafficSwitch trafficSwitch) {
      this.trafficSwitch = Optional.of(trafficSwitch);
      return this;
    }

    /**
     * New volumes are empty ones that are attached to the same, running instance, copied to by its
     * operating system, and mounted where the originals were; for data volumes. The originals serve
     * until the cutover, and stay attached until RETIRE. {@link #writeFreeze} is called in the
     * cutover then, to stop and to start what uses the volumes: it leaves them mounted, but for
     * what is copied block by block ({@link CopySurvey#WHOLE_DEVICE}), which it unmounts and
     * mounts.
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
     * With {@link #newInstance} or {@link #replaceRootVolume}, for what keeps nothing that matters:
     * the original serves until the new instance, or the new root volume, does, and what is written
     * from the snapshots on is lost. The snapshots are crash-consistent. The originals, which have
     * it all, stay until RETIRE.
     *
     * @return this builder
     */
    public Builder iAcceptLosingWritesMadeAfterTheSnapshot() {
      this.losingWritesAccepted = true;
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
     *     given; or {@link #copyWith} and what is about snapshots, stopping or another instance; or
     *     {@link #newVolumeSize} without {@link #copyWith}; or more than one of {@link
     *     #copyVolumes}, {@link #fastSnapshotRestore} and {@link #volumeInitializationRate}; or a
     *     consent to lose writes without what it is for, or together with what stops them
     */
    public EbsOptions build() {
      EbsOptions options = new EbsOptions(this);
      Contradictions.refuse(options);
      return options;
    }
  }
}
