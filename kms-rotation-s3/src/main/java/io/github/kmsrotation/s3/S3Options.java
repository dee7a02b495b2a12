package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.S3Target;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * What the S3 strategy needs beyond target and key. Given to the planner and to the runner: {@code
 * bucketKeys}, {@code onlyUnderKey}, {@code oldVersions} and what is rewritten are the plan's;
 * client, {@code iPayForRequests}, {@code sseCustomerKeys}, {@code concurrency}, {@code reportIn}
 * and {@code iAcceptThatSomeObjectsStay} are the runner's. {@code keySearch} is for the retirement
 * of a key. Immutable. Defaults:
 *
 * <ul>
 *   <li>objects are moved from here, and not by jobs of S3 Batch Operations
 *   <li>a client for the bucket's Region with the environment's credentials, closed after use
 *   <li>{@link BucketKeys#KEEP}: an object's costs stay what they are
 *   <li>50 calls at once, which is as many connections as the SDK's HTTP clients open by default
 *   <li>all objects, whichever key they are under
 *   <li>nothing is rewritten, since that changes dates and ETags and makes versions
 *   <li>{@link OldVersions#KEEP}: no version is deleted
 *   <li>nothing is replicated: objects stay in their bucket
 *   <li>the bucket's owner pays for requests
 *   <li>no report file: what stays as it is is counted by reason, and the first few are named
 *   <li>a run stops at its end if an object could not be moved that should have been
 * </ul>
 */
public final class S3Options implements StrategyOptions<S3Target> {

  private final Optional<S3Api> client;
  private final boolean requester;
  private final BucketKeys bucketKeys;
  private final int concurrency;
  private final Optional<Path> reportDirectory;
  private final boolean rewriting;
  private final boolean rewritingEverything;
  private final Optional<SseCustomerKeys> customerKeys;
  private final Optional<String> onlyKey;
  private final OldVersions oldVersions;
  private final Optional<S3KeySearch> keySearch;
  private final Optional<Replication> replication;
  private final CopyLimits copyLimits;
  private final boolean leavingObjectsAccepted;
  private final Optional<BatchOperations> batchOperations;
  private final OptionalLong expectedVersions;

  private S3Options(Builder builder) {
    this.client = builder.isRequester ? builder.client.map(RequesterPays::of) : builder.client;
    this.requester = builder.isRequester;
    this.bucketKeys = builder.bucketKeys;
    this.concurrency = builder.concurrency;
    this.reportDirectory = builder.reportDirectory;
    this.rewriting = builder.rewriting;
    this.rewritingEverything = builder.rewritingEverything;
    this.customerKeys = builder.customerKeys;
    this.onlyKey = builder.onlyKey;
    this.oldVersions = builder.oldVersions;
    this.keySearch = builder.keySearch;
    this.replication = builder.replication;
    this.copyLimits = builder.copyLimits;
    this.leavingObjectsAccepted = builder.leavingObjectsAccepted;
    this.batchOperations = builder.batchOperations;
    this.expectedVersions = builder.expectedVersions;
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

  boolean isRewritingEverything() {
    return rewritingEverything;
  }

  boolean isRequester() {
    return requester;
  }

  /** A client made for these options, as they have it called. */
  S3Api configured(S3Api own) {
    return requester ? RequesterPays.of(own) : own;
  }

  Optional<SseCustomerKeys> customerKeys() {
    return customerKeys;
  }

  Optional<String> onlyKey() {
    return onlyKey;
  }

  OldVersions oldVersions() {
    return oldVersions;
  }

  Optional<S3KeySearch> keySearch() {
    return keySearch;
  }

  Optional<Replication> replication() {
    return replication;
  }

  CopyLimits copyLimits() {
    return copyLimits;
  }

  Optional<BatchOperations> batchOperations() {
    return batchOperations;
  }

  OptionalLong expectedVersions() {
    return expectedVersions;
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
        + ", rewriteEverything="
        + rewritingEverything
        + ", sseCustomerKeys="
        + (customerKeys.isPresent() ? "given" : "none")
        + ", onlyUnderKey="
        + onlyKey
        + ", oldVersions="
        + oldVersions
        + ", replicateTo="
        + replication
        + ", iPayForRequests="
        + requester
        + ", batchOperations="
        + batchOperations
        + ", expectedVersions="
        + expectedVersions
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
    private boolean isRequester;
    private boolean rewriting;
    private boolean rewritingEverything;
    private Optional<SseCustomerKeys> customerKeys = Optional.empty();
    private Optional<String> onlyKey = Optional.empty();
    private OldVersions oldVersions = OldVersions.KEEP;
    private Optional<S3KeySearch> keySearch = Optional.empty();
    private Optional<Replication> replication = Optional.empty();
    private CopyLimits copyLimits = CopyLimits.OF_S3;
    private boolean leavingObjectsAccepted;
    private Optional<BatchOperations> batchOperations = Optional.empty();
    private OptionalLong expectedVersions = OptionalLong.empty();

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
     * Objects that are not encrypted, or under DSSE-KMS, are copied to their own place, since
     * {@code UpdateObjectEncryption} does not take them: with {@code CopyObject} up to 5 GiB, and
     * in parts above that. Metadata, tags, ACL, storage class, checksum algorithm and type, website
     * redirect, expiry and Object Lock settings are carried over; the date of last modification and
     * the ETag change, and that of a copy in parts is one of parts. Nobody's write is overwritten:
     * the copy is made only if source and destination have the ETag that was seen. Where the bucket
     * has versions, the copy is a new one, and the former stays as it is, as an older version; see
     * {@link #oldVersions}. Older versions are not rewritten, and neither are archived objects that
     * are not restored, nor objects above 5 GiB that have annotations, which parts do not carry.
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
     * Every current object that is not under the new key is rewritten as by {@link
     * #rewriteWhatCannotBeUpdated}, and none is moved where it lies. For servers that do not have
     * {@code UpdateObjectEncryption}, and for a key of another account than the bucket's, which
     * that does not take. Dates and ETags of all objects change, and with versions it takes the
     * space of all of them again.
     *
     * @return this builder
     */
    public Builder rewriteEverything() {
      this.rewriting = true;
      this.rewritingEverything = true;
      return this;
    }

    /**
     * Objects under customer-provided keys (SSE-C) are rewritten, too, if their key is found. They
     * are under the KMS key afterwards: readers must not send the key any more, since S3 refuses
     * that. Asks for what {@link #rewriteWhatCannotBeUpdated} does. Has to be given to the planner,
     * which only notes that it is there, and to the runner.
     *
     * @param keys finds the keys; no key is kept or shown
     * @return this builder
     * @see <a
     *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html">Using
     *     server-side encryption with customer-provided keys</a>
     */
    public Builder sseCustomerKeys(SseCustomerKeys keys) {
      this.rewriting = true;
      this.customerKeys = Optional.of(keys);
      return this;
    }

    /**
     * Only versions that are under this key when they are looked at are moved or rewritten; all
     * others, those under no KMS key included, are left alone and only counted. An alias is
     * resolved once, when the plan is made, and keys are compared by ARN. The AWS managed key is
     * {@code alias/aws/s3}. The bucket's default encryption is changed only if it names this key.
     *
     * @param key an ARN, an id or an alias of a key in the bucket's Region
     * @return this builder
     */
    public Builder onlyUnderKey(String key) {
      this.onlyKey = Optional.of(key);
      return this;
    }

    /**
     * What becomes of versions that this run's copies took the place of.
     *
     * @param oldVersions whether they are kept
     * @return this builder
     */
    public Builder oldVersions(OldVersions oldVersions) {
      this.oldVersions = Objects.requireNonNull(oldVersions, "oldVersions");
      return this;
    }

    /**
     * The caller's account pays for requests and transfer, as a Requester Pays bucket asks of all
     * but its owner: every call says so.
     *
     * @return this builder
     * @see <a
     *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html">Using
     *     Requester Pays general purpose buckets</a>
     */
    public Builder iPayForRequests() {
      this.isRequester = true;
      return this;
    }

    /**
     * Which objects are looked at when a key is to be retired. S3 tells the key of a version only
     * when asked for that one, so looking costs a call each. By default none is looked at, and that
     * stands in the way of the retirement.
     *
     * @param search which
     * @return this builder
     */
    public Builder keySearch(S3KeySearch search) {
      this.keySearch = Optional.of(search);
      return this;
    }

    /**
     * Objects are not moved where they lie: S3 replicates them, with their versions, to another
     * bucket of the same Region under the new key, both buckets are compared, and a hook of yours
     * switches readers and writers. The source is left as it is. Goes with neither rewriting, nor
     * {@code onlyUnderKey}, nor {@code iPayForRequests}, nor {@code batchOperations}. Has to be
     * given to the planner and to the runner.
     *
     * <p>By default objects are moved where they lie, which costs no space and no switch.
     *
     * @param replication where to, and how
     * @return this builder
     */
    public Builder replicateTo(Replication replication) {
      this.replication = Optional.of(replication);
      return this;
    }

    /** For tests: limits of a small S3. */
    Builder copyLimits(CopyLimits limits) {
      this.copyLimits = limits;
      return this;
    }

    /**
     * Objects are moved by jobs of S3 Batch Operations, which AWS runs, and not from here. For what
     * outgrows one machine. What cannot be moved where it lies is rewritten from here, if that is
     * asked for: a copy by such a job would overwrite what others write meanwhile. Given to the
     * planner, and to the runner for its client.
     *
     * @param batch role, places, priority and list
     * @return this builder
     */
    public Builder batchOperations(BatchOperations batch) {
      this.batchOperations = Optional.of(batch);
      return this;
    }

    /**
     * How many versions of objects there are, about, as the S3 console or S3 Storage Lens tells.
     * Planning does not count them, since that takes a call for each thousand. Above 10,000,000,
     * which take hours from one machine at a thousand or so a second, the plan recommends {@link
     * #batchOperations}.
     *
     * @param versions 0 or more
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder expectedVersions(long versions) {
      if (versions < 0) {
        throw new IllegalArgumentException("expectedVersions must not be negative");
      }
      this.expectedVersions = OptionalLong.of(versions);
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
