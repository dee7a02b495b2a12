package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Observation;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3control.S3ControlClient;

/**
 * Moves a bucket's objects by having S3 replicate them to another bucket of the same Region and
 * account, under the new key. Given to the planner and to the runner, in {@link
 * S3Options.Builder#replicateTo}: the client, {@code switchReaders}, {@code observe} are the
 * runner's, all else is the plan's. Needs the artifact {@code software.amazon.awssdk:s3control}.
 * Immutable. Defaults:
 *
 * <ul>
 *   <li>one role for the rule and for the job
 *   <li>no completion report: failed objects are named, with the status that S3 shows
 *   <li>an hour in which writes to the source are watched for after the switch, looked at every
 *       five minutes: configuration caches seldom live longer
 *   <li>a destination that has objects already is refused
 * </ul>
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html">Replicating
 *     objects within and across Regions</a>
 */
public final class Replication {

  private final String destinationBucket;
  private final String roleArn;
  private final String batchRoleArn;
  private final Optional<S3ControlApi> control;
  private final Optional<String> reportBucket;
  private final Optional<ReaderSwitch> readers;
  private final Observation observation;
  private final boolean otherObjectsAccepted;

  private Replication(Builder builder) {
    this.destinationBucket = required(builder.destinationBucket, "destinationBucket");
    this.roleArn = required(builder.roleArn, "roleArn");
    this.batchRoleArn = builder.batchRoleArn.orElse(roleArn);
    this.control = builder.control;
    this.reportBucket = builder.reportBucket;
    this.readers = builder.readers;
    this.observation = builder.observation;
    this.otherObjectsAccepted = builder.otherObjectsAccepted;
  }

  private static String required(Optional<String> value, String name) {
    return value.orElseThrow(() -> new IllegalStateException("Say " + name + "(...)"));
  }

  /**
   * A new builder with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  String destinationBucket() {
    return destinationBucket;
  }

  String roleArn() {
    return roleArn;
  }

  String batchRoleArn() {
    return batchRoleArn;
  }

  Optional<S3ControlApi> control() {
    return control;
  }

  Optional<String> reportBucket() {
    return reportBucket;
  }

  Optional<ReaderSwitch> readers() {
    return readers;
  }

  Observation observation() {
    return observation;
  }

  boolean areOtherObjectsAccepted() {
    return otherObjectsAccepted;
  }

  @Override
  public String toString() {
    return "Replication[destinationBucket="
        + destinationBucket
        + ", roleArn="
        + roleArn
        + ", batchRoleArn="
        + batchRoleArn
        + ", reportsIn="
        + reportBucket
        + ", observe="
        + observation
        + ", iAcceptThatTheDestinationHasObjects="
        + otherObjectsAccepted
        + "]";
  }

  /** Builds. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<String> destinationBucket = Optional.empty();
    private Optional<String> roleArn = Optional.empty();
    private Optional<String> batchRoleArn = Optional.empty();
    private Optional<S3ControlApi> control = Optional.empty();
    private Optional<String> reportBucket = Optional.empty();
    private Optional<ReaderSwitch> readers = Optional.empty();
    private Observation observation = new Observation(Duration.ofHours(1), Duration.ofMinutes(5));
    private boolean otherObjectsAccepted;

    private Builder() {}

    /**
     * Required: where replicas go.
     *
     * @param bucket the name of a bucket of the same Region and account, with versioning, whose
     *     default encryption is the new key
     * @return this builder
     */
    public Builder destinationBucket(String bucket) {
      this.destinationBucket = Optional.of(bucket);
      return this;
    }

    /**
     * Required: the role that S3 assumes to replicate. A bucket has one for all of its rules, so it
     * has to be that of the rules that are there.
     *
     * @param roleArn its ARN
     * @return this builder
     * @throws IllegalArgumentException if it is not the ARN of a role
     */
    public Builder roleArn(String roleArn) {
      this.roleArn = Optional.of(role(roleArn));
      return this;
    }

    /**
     * The role that S3 Batch Operations assumes to replicate the objects that are there.
     *
     * @param roleArn its ARN
     * @return this builder
     * @throws IllegalArgumentException if it is not the ARN of a role
     */
    public Builder batchRoleArn(String roleArn) {
      this.batchRoleArn = Optional.of(role(roleArn));
      return this;
    }

    private static String role(String arn) {
      if (!arn.matches("arn:[a-z-]+:iam::[0-9]{12}:role/.+")) {
        throw new IllegalArgumentException("Not the ARN of a role: '" + arn + "'");
      }
      return arn;
    }

    /**
     * Required by the runner: the client to create jobs with. It is not closed.
     *
     * @param client a client for the Region of the buckets
     * @return this builder
     */
    public Builder s3Control(S3ControlClient client) {
      this.control = Optional.of(new SyncS3Control(Objects.requireNonNull(client, "client")));
      return this;
    }

    /**
     * Where S3 Batch Operations writes which objects failed and why.
     *
     * @param bucket the name of a bucket of the same Region that is neither source nor destination
     * @return this builder
     */
    public Builder reportsIn(String bucket) {
      this.reportBucket = Optional.of(bucket);
      return this;
    }

    /**
     * Required by the runner: switches readers and writers.
     *
     * @param hook is called once both buckets were found equal
     * @return this builder
     */
    public Builder switchReaders(ReaderSwitch hook) {
      this.readers = Optional.of(hook);
      return this;
    }

    /**
     * How long to watch for writes to the source after the switch.
     *
     * @param observation how long
     * @return this builder
     */
    public Builder observe(Observation observation) {
      this.observation = Objects.requireNonNull(observation, "observation");
      return this;
    }

    /**
     * The destination may have objects that the source has not. Where they have the same keys, they
     * may hide replicas.
     *
     * @return this builder
     */
    public Builder iAcceptThatTheDestinationHasObjects() {
      this.otherObjectsAccepted = true;
      return this;
    }

    /**
     * Builds.
     *
     * @return the replication
     * @throws IllegalStateException if the destination or the role is missing
     */
    public Replication build() {
      return new Replication(this);
    }
  }
}
