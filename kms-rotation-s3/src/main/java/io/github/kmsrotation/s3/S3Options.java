package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.S3Target;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * What the S3 strategy needs beyond target and key. Given to the planner and to the runner: {@code
 * bucketKeys} and {@code rewriteWhatCannotBeUpdated} are the plan's; client, {@code concurrency},
 * {@code reportIn} and {@code iAcceptThatSomeObjectsStay} are the runner's. Immutable. Defaults:
 *
 * <ul>
 *   <li>a client for the bucket's Region with the environment's credentials, closed after use
 *   <li>{@link BucketKeys#KEEP}: an object's costs stay what they are
 *   <li>50 calls at once, which is as many connections as the SDK's HTTP clients open by default
 *   <li>nothing is rewritten, since that changes dates and ETags and makes versions
 *   <li>no report file: what stays as it is is counted by reason, and the first few are named
 *   <li>a run stops at its end if an object could not be moved that should have been
 * </ul>
 */
public final class S3Options implements StrategyOptions<S3Target> {

  private final Optional<S3Api> client;
  private final BucketKeys bucketKeys;
  private final int concurrency;
  private final Optional<Path> reportDirectory;
  private final boolean rewriting;
  private final boolean leavingObjectsAccepted;

  private S3Options(Builder builder) {
    this.client = builder.client;
    this.bucketKeys = builder.bucketKeys;
    this.concurrency = builder.concurrency;
    this.reportDirectory = builder.reportDirectory;
    this.rewriting = builder.rewriting;
    this.leavingObjectsAccepted = builder.leavingObjectsAccepted;
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
    return S3Target.KIND;
  }

  Optional<S3Api> client() {
    return client;
  }

  BucketKeys bucketKeys() {
    return bucketKeys;
  }

  int concurrency() {
    return concurrency;
  }

  Optional<Path> reportDirectory() {
    return reportDirectory;
  }

  boolean isRewriting() {
    return rewriting;
  }

  boolean isLeavingObjectsAccepted() {
    return leavingObjectsAccepted;
  }

  @Override
  public String toString() {
    return "S3Options[bucketKeys="
        + bucketKeys
        + ", concurrency="
        + concurrency
        + ", reportIn="
        + reportDirectory
        + ", rewriteWhatCannotBeUpdated="
        + rewriting
        + ", iAcceptThatSomeObjectsStay="
        + leavingObjectsAccepted
        + "]";
  }

  /** Builds options. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<S3Api> client = Optional.empty();
    private BucketKeys bucketKeys = BucketKeys.KEEP;
    private int concurrency = 50;
    private Optional<Path> reportDirectory = Optional.empty();
    private boolean rewriting;
    private boolean leavingObjectsAccepted;

    private Builder() {}

    /**
     * The client to call S3 with. It is not closed. Takes the place of one given before.
     *
     * @param client a client for the Region of the bucket
     * @return this builder
     */
    public Builder client(S3Client client) {
      this.client = Optional.of(new SyncS3(Objects.requireNonNull(client, "client")));
      return this;
    }

    /**
     * The client to call S3 with. It is not closed. Takes the place of one given before.
     *
     * @param client a client for the Region of the bucket
     * @return this builder
     */
    public Builder client(S3AsyncClient client) {
      this.client = Optional.of(new AsyncS3(Objects.requireNonNull(client, "client")));
      return this;
    }

    /**
     * What becomes of the S3 Bucket Key setting of objects and of the bucket's default encryption.
     *
     * @param bucketKeys whether it is kept
     * @return this builder
     */
    public Builder bucketKeys(BucketKeys bucketKeys) {
      this.bucketKeys = Objects.requireNonNull(bucketKeys, "bucketKeys");
      return this;
    }

    /**
     * The most calls to S3 at once. There are fewer for a while when S3 or KMS throttles. The
     * client should be able to open as many connections.
     *
     * @param concurrency 1 to 1,000
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder concurrency(int concurrency) {
      if (concurrency < 1 || concurrency > 1_000) {
        throw new IllegalArgumentException("concurrency must be 1 to 1000, was " + concurrency);
      }
      this.concurrency = concurrency;
      return this;
    }

    /**
     * Where to write the list of object versions that were not moved, with the reason: a file
     * {@code <run id>-objects.csv}, written anew when all objects are gone through again. Its lines
     * are bucket, key (URL-encoded), version id, reason and detail; the first three are what a
     * manifest of S3 Batch Operations has. A run that is resumed has to be given the same
     * directory.
     *
     * @param directory a directory that exists
     * @return this builder
     */
    public Builder reportIn(Path directory) {
      this.reportDirectory = Optional.of(directory);
      return this;
    }

    /**
     * Objects of up to 5 GiB that are not encrypted, or under DSSE-KMS, are copied to their own
     * place with {@code CopyObject}, since {@code UpdateObjectEncryption} does not take them.
     * Metadata, tags, ACL, storage class, checksum algorithm, website redirect and Object Lock
     * settings are carried over; the date of last modification and the ETag change. Nobody's write
     * is overwritten: the copy is made only if source and destination have the ETag that was seen.
     * Where the bucket has versions, the copy is a new one, and the former stays as it is, as an
     * older version; nothing is deleted. Older versions and archived objects are not rewritten.
     *
     * <p>By default nothing is rewritten: such objects are listed.
     *
     * @return this builder
     */
    public Builder rewriteWhatCannotBeUpdated() {
      this.rewriting = true;
      return this;
    }

    /**
     * The run may go on to its end although some objects could not be moved, for want of a
     * permission on a part of the bucket for example. They are counted, and listed by {@link
     * #reportIn}. Without this, the run stops and asks; resuming it tries them again.
     *
     * @return this builder
     */
    public Builder iAcceptThatSomeObjectsStay() {
      this.leavingObjectsAccepted = true;
      return this;
    }

    /**
     * Builds.
     *
     * @return the options
     */
    public S3Options build() {
      return new S3Options(this);
    }
  }
}
