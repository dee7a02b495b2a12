package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.Findings;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.ReplicationConfiguration;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Looks whether S3 would replicate from one bucket to another, and says what it does not carry.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html">Requirements
 *     and considerations for replication</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html">What
 *     does Amazon S3 replicate?</a>
 */
final class ReplicationPreflight {

  private static final String ENABLED = "Enabled";

  private final Bucket source;
  private final Bucket destination;
  private final Optional<String> prefix;
  private final Replication wanted;
  private final S3Options options;
  private final AwsReader calls;
  private final Findings findings;

  ReplicationPreflight(
      Bucket source,
      Optional<String> prefix,
      Replication wanted,
      S3Options options,
      AwsReader calls,
      Findings findings) {
    this.source = source;
    this.destination = new Bucket(wanted.destinationBucket(), source.api());
    this.prefix = prefix;
    this.wanted = wanted;
    this.options = options;
    this.calls = calls;
    this.findings = findings;
  }

  /**
   * Checks.
   *
   * @param key the new key, if it is a good one
   * @return what the plan notes; complete if there is no problem
   */
  ReplicationSetup check(Optional<KeyArn> key) {
    checkOptions();
    findings.check(() -> versioning(source));
    Optional<ReplicationConfiguration> rules = formerRules();
    boolean comparesAcls = findings.look(() -> hasAcls(source)).orElse(true);
    ReplicationSetup setup = setup(rules.isPresent(), comparesAcls);
    new ReplicationRules(source, setup)
        .obstacle(rules)
        .ifPresent(obstacle -> findings.problem(obstacle.text(), obstacle.remedy()));
    if (key.isPresent() && isReachable(key.get())) {
      findings.check(() -> versioning(destination));
      findings.check(this::objectLock);
      findings.check(() -> defaultEncryption(key.get()));
      findings.check(this::emptiness);
      findings.check(() -> lifecycle(destination));
      if (comparesAcls) {
        findings.check(this::acls);
      }
    }
    findings.check(() -> lifecycle(source));
    say();
    return setup;
  }

  private ReplicationSetup setup(boolean hasFormerRules, boolean comparesAcls) {
    return new ReplicationSetup(
        wanted.destinationBucket(),
        wanted.roleArn(),
        wanted.batchRoleArn(),
        wanted.reportBucket(),
        hasFormerRules,
        comparesAcls,
        wanted.areOtherObjectsAccepted());
  }

  private void checkOptions() {
    boolean isMixed =
        options.isRewriting()
            || options.onlyKey().isPresent()
            || options.isRequester()
            || options.batchOperations().isPresent();
    if (isMixed) {
      findings.problem(
          "replicateTo(...) goes with neither rewriting, nor onlyUnderKey(...), nor"
              + " iPayForRequests(), nor batchOperations(...).",
          "Replicate with a plan of its own.");
    }
    for (String name : List.of(wanted.destinationBucket(), wanted.reportBucket().orElse(""))) {
      if (name.equals(source.name())) {
        findings.problem(
            "It is named as the destination, or for the job's reports.", "Name another bucket.");
      }
    }
    if (wanted.reportBucket().equals(Optional.of(destination.name()))) {
      findings.problem(
          destination.name(),
          "It is the destination, and named for the job's reports, which would be found in it"
              + " alone.",
          "Name another bucket with reportsIn(...).");
    }
  }

  private Optional<ReplicationConfiguration> formerRules() {
    return findings
        .look(() -> new ReplicationRules(source, setup(false, true)).configuration(calls))
        .flatMap(rules -> rules);
  }

  private boolean hasAcls(Bucket bucket) {
    try {
      return calls
          .read(
              "s3:GetBucketOwnershipControls",
              () ->
                  bucket
                      .api()
                      .getBucketOwnershipControls(
                          GetBucketOwnershipControlsRequest.builder()
                              .bucket(bucket.name())
                              .build()))
          .ownershipControls()
          .rules()
          .stream()
          .noneMatch(rule -> rule.objectOwnership() == ObjectOwnership.BUCKET_OWNER_ENFORCED);
    } catch (S3Exception e) {
      if (AwsFailure.errorCode(e).equals("OwnershipControlsNotFoundError")) {
        return true;
      }
      throw e;
    }
  }

  /** A HEAD's answer has no body, so its status has to do. */
  private boolean isReachable(KeyArn key) {
    String name = destination.name();
    try {
      HeadBucketResponse head =
          calls.read(
              "s3:ListBucket",
              () ->
                  destination
                      .api()
                      .headBucket(
                          HeadBucketRequest.builder()
                              .bucket(name)
                              .expectedBucketOwner(key.accountId())
                              .build()));
      if (head.bucketRegion() == null || head.bucketRegion().equals(key.region())) {
        return true;
      }
      elsewhere(key);
    } catch (MissingPermissionException e) {
      findings.problem(
          name,
          "It does not belong to the account of the key, "
              + key.accountId()
              + ", or may not be"
              + " looked at.",
          "Name a bucket of the source's account as the destination, and allow s3:ListBucket.");
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        findings.problem(
            name,
            "There is no such bucket.",
            "Create it in "
                + key.region()
                + ", with versioning and with the new key as its"
                + " default encryption.");
      } else if (e.statusCode() == 301 || e.statusCode() == 400) {
        elsewhere(key);
      } else {
        throw e;
      }
    }
    return false;
  }

  private void elsewhere(KeyArn key) {
    findings.problem(
        destination.name(),
        "It is not in " + key.region() + ", as the source and the key are.",
        "Name a destination in " + key.region() + ".");
  }

  private void versioning(Bucket bucket) {
    String status = bucket.versioning(calls);
    if (!status.equals(ENABLED)) {
      findings.problem(
          bucket.name(),
          "Versioning is "
              + (status.isEmpty() ? "off" : "suspended")
              + ", and S3 replicates between buckets with versioning only.",
          "Enable it, which is for you to decide: from then on overwritten and deleted objects"
              + " stay as older versions, and cost.");
    }
  }

  private void objectLock() {
    Optional<ObjectLockConfiguration> ofSource = source.objectLock(calls);
    Optional<ObjectLockConfiguration> ofDestination = destination.objectLock(calls);
    if (ofSource.isPresent() && ofDestination.isEmpty()) {
      findings.problem(
          destination.name(),
          "It has no Object Lock, and '" + source.name() + "' has.",
          "Enable Object Lock for it: S3 replicates from a bucket with Object Lock to another such"
              + " only.");
    }
    if (ofDestination.flatMap(Bucket::defaultRetention).isPresent()) {
      findings.problem(
          destination.name(),
          "Its Object Lock has a default retention, which replicas of objects without retention"
              + " would get, unlike their sources.",
          "Take the default retention off until the run has ended.");
    }
  }

  private void defaultEncryption(KeyArn key) {
    DefaultEncryption now = destination.encryption(calls);
    if (!now.isKms() || !now.key().equals(Optional.of(key.value()))) {
      findings.problem(
          destination.name(),
          "Its default encryption is " + now.inWords() + ", not the new key.",
          "Set it to aws:kms with "
              + key.value()
              + ": what is written there after the switch, and"
              + " replicas of objects that are not encrypted, are encrypted with it.");
    }
  }

  private void acls() {
    if (!hasAcls(destination)) {
      findings.warning(
          "ACLs are enabled for it, and disabled for '" + destination.name() + "'.",
          "An ACL that grants anything to anybody but the owner has no effect there, and the"
              + " comparison names its object as different. Set the same Object Ownership, or"
              + " replace ACLs by a bucket policy.");
    }
  }

  private void emptiness() {
    ListObjectVersionsRequest.Builder request =
        ListObjectVersionsRequest.builder().bucket(destination.name()).maxKeys(1);
    prefix.ifPresent(request::prefix);
    ListObjectVersionsResponse page =
        calls.read(
            "s3:ListBucketVersions", () -> destination.api().listObjectVersions(request.build()));
    boolean isEmpty = page.versions().isEmpty() && page.deleteMarkers().isEmpty();
    if (!isEmpty && !wanted.areOtherObjectsAccepted()) {
      findings.problem(
          destination.name(),
          "It has objects already.",
          "Name an empty bucket. If you know what is there and that it may stay:"
              + " Replication.iAcceptThatTheDestinationHasObjects().");
    }
  }

  private void lifecycle(Bucket bucket) {
    try {
      calls.read(
          "s3:GetLifecycleConfiguration",
          () ->
              bucket
                  .api()
                  .getBucketLifecycleConfiguration(
                      GetBucketLifecycleConfigurationRequest.builder()
                          .bucket(bucket.name())
                          .build()));
    } catch (S3Exception e) {
      if (AwsFailure.errorCode(e).equals("NoSuchLifecycleConfiguration")) {
        return;
      }
      throw e;
    }
    findings.warning(
        "Bucket '" + bucket.name() + "' has lifecycle rules.",
        "What they do is not replicated, and AWS recommends to disable them while objects are"
            + " replicated: the buckets may come to differ, which the comparison names.");
  }

  private void say() {
    findings.warning(
        "Replication takes the space of all versions again, in bucket '"
            + destination.name()
            + "'.",
        "The source stays, under the former keys, until you delete it; this run deletes none of"
            + " its objects.");
    findings.warning(
        "Objects archived in S3 Glacier Flexible Retrieval, S3 Glacier Deep Archive and the archive"
            + " tiers of S3 Intelligent-Tiering are not replicated, and neither are deletions of"
            + " versions, objects that the bucket's owner may not read, and what lifecycle rules"
            + " do.",
        "The comparison names each version that has no replica, and each that the destination has"
            + " alone.");
    findings.warning(
        "Replicas are encrypted as their sources are: only objects under SSE-KMS and DSSE-KMS come"
            + " under the new key, and unencrypted ones by the destination's default. Under S3's"
            + " own keys (SSE-S3) and customer-provided keys (SSE-C) they stay so.",
        "The comparison names them and stops. Move them first with a plan for the source, or"
            + " afterwards with one for the destination.");
    findings.warning(
        "Settings of the bucket are not replicated: policy, lifecycle, notifications, CORS,"
            + " logging, tags, inventory, website, access points.",
        "Give bucket '" + destination.name() + "' those that it needs before the switch.");
    findings.warning(
        "ETags of replicas of unencrypted objects differ; version ids and dates stay.",
        "Readers that keep ETags have to read them anew.");
  }
}
