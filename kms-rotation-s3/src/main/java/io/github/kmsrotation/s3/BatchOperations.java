package io.github.kmsrotation.s3;

import java.util.Objects;
import software.amazon.awssdk.services.s3control.S3ControlClient;

/**
 * S3 Batch Operations as what moves the objects of a bucket: AWS runs {@code
 * UpdateObjectEncryption} over a list of them, however many there are. Role, places, priority and
 * list are the plan's; the client is the runner's, too. Immutable. Takes the artifact {@code
 * software.amazon.awssdk:s3control}, which is optional otherwise. Defaults:
 *
 * <ul>
 *   <li>{@link BatchManifest#listed}, which has every version and needs no preparation
 *   <li>priority 10, so that there is room below and above
 *   <li>artifacts under {@code kms-rotation/}
 *   <li>every version is looked at afterwards
 * </ul>
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-update-encryption.html">Update
 *     object encryption</a>
 */
public final class BatchOperations {

  private static final String SAFE_PREFIX = "([A-Za-z0-9!_.*'()-]+/)*";

  private final S3ControlApi api;
  private final String roleArn;
  private final String bucket;
  private final String prefix;
  private final int priority;
  private final BatchManifest manifest;
  private final int verifyOneIn;

  private BatchOperations(Builder builder) {
    this.api = new SyncS3Control(builder.client);
    this.roleArn = builder.roleArn;
    this.bucket = builder.bucket;
    this.prefix = builder.prefix;
    this.priority = builder.priority;
    this.manifest = builder.manifest;
    this.verifyOneIn = builder.verifyOneIn;
  }

  /**
   * A new builder.
   *
   * @param client a client for the bucket's Region; it is not closed
   * @param roleArn the ARN of the role that S3 does the work with. {@code
   *     batchoperations.s3.amazonaws.com} has to be let assume it. Whether it may, and what the
   *     role may do, is seen only when a job is run
   * @param artifactBucket a bucket in the same Region for manifests and completion reports. They
   *     must not lie among the objects that are moved, as S3 puts reports under its own key
   * @return a builder with the defaults
   * @throws IllegalArgumentException if it is not the ARN of a role
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html">Granting
   *     permissions for Batch Operations</a>
   */
  public static Builder builder(S3ControlClient client, String roleArn, String artifactBucket) {
    return new Builder(client, roleArn, artifactBucket);
  }

  S3ControlApi api() {
    return api;
  }

  String roleArn() {
    return roleArn;
  }

  String bucket() {
    return bucket;
  }

  /** Empty, or with a slash at its end. */
  String prefix() {
    return prefix;
  }

  int priority() {
    return priority;
  }

  BatchManifest manifest() {
    return manifest;
  }

  int verifyOneIn() {
    return verifyOneIn;
  }

  @Override
  public String toString() {
    return "BatchOperations[roleArn="
        + roleArn
        + ", artifacts="
        + bucket
        + "/"
        + prefix
        + ", priority="
        + priority
        + ", manifest="
        + manifest
        + ", verifyOneIn="
        + verifyOneIn
        + "]";
  }

  /** Builds. Not safe for use by several threads. */
  public static final class Builder {

    private final S3ControlClient client;
    private final String roleArn;
    private final String bucket;
    private String prefix = "kms-rotation/";
    private int priority = 10;
    private BatchManifest manifest = BatchManifest.listed();
    private int verifyOneIn = 1;

    private Builder(S3ControlClient client, String roleArn, String bucket) {
      this.client = Objects.requireNonNull(client, "client");
      this.bucket = Objects.requireNonNull(bucket, "artifactBucket");
      if (!roleArn.matches("arn:[^:]+:iam::\\d{12}:role/.+")) {
        throw new IllegalArgumentException("Not the ARN of a role: " + roleArn);
      }
      this.roleArn = roleArn;
    }

    /**
     * What the keys of manifests and reports begin with.
     *
     * @param prefix words of letters, digits and {@code !_.*'()-}, each with a slash after it, and
     *     at most 256 characters in all; empty for none
     * @return this builder
     * @throws IllegalArgumentException if it is not such a prefix
     */
    public Builder artifactPrefix(String prefix) {
      if (prefix.length() > 256 || !prefix.matches(SAFE_PREFIX)) {
        throw new IllegalArgumentException(
            "artifactPrefix has to be words with a slash after each, was '" + prefix + "'");
      }
      this.prefix = prefix;
      return this;
    }

    /**
     * The priority of the jobs among those of the account in the Region.
     *
     * @param priority 0 or more; higher goes first
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder priority(int priority) {
      if (priority < 0) {
        throw new IllegalArgumentException("priority must not be negative, was " + priority);
      }
      this.priority = priority;
      return this;
    }

    /**
     * Where the list of objects comes from.
     *
     * @param manifest the choice
     * @return this builder
     */
    public Builder manifest(BatchManifest manifest) {
      this.manifest = Objects.requireNonNull(manifest, "manifest");
      return this;
    }

    /**
     * Of how many versions one is looked at afterwards, taken by a digest of its name. A call to S3
     * for each version is what takes longest from one machine.
     *
     * @param versions 1 to look at all, up to 1,000,000
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder verifyOneIn(int versions) {
      if (versions < 1 || versions > 1_000_000) {
        throw new IllegalArgumentException("verifyOneIn must be 1 to 1000000, was " + versions);
      }
      this.verifyOneIn = versions;
      return this;
    }

    /**
     * Builds.
     *
     * @return the options
     */
    public BatchOperations build() {
      return new BatchOperations(this);
    }
  }
}
