package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.KeyUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.EncryptionConfiguration;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.InventoryConfiguration;
import software.amazon.awssdk.services.s3.model.InventoryEncryption;
import software.amazon.awssdk.services.s3.model.ListBucketInventoryConfigurationsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketInventoryConfigurationsResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ReplicationRule;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.SSEKMS;

/** One search for what S3 has under a key. A look that is denied is one more use, and no end. */
final class KeyLook {

  private static final Set<String> GONE = Set.of("NoSuchBucket");

  private final KeyArn key;
  private final AwsReader reader;
  private final S3Options options;
  private final S3Api api;
  private final Workers workers;
  private final List<KeyUse> uses = new ArrayList<>();

  KeyLook(KeyArn key, AwsReader reader, S3Options options, S3Api api, Workers workers) {
    this.key = key;
    this.reader = reader;
    this.options = options;
    this.api = api;
    this.workers = workers;
  }

  List<KeyUse> uses() {
    Set<String> buckets = new TreeSet<>();
    look("buckets", () -> buckets.addAll(buckets()));
    for (String bucket : buckets) {
      look("default encryption of bucket " + bucket, () -> lookAtDefault(bucket));
      look("replication of bucket " + bucket, () -> lookAtReplication(bucket));
      look("inventory of bucket " + bucket, () -> lookAtInventory(bucket));
    }
    options.keySearch().ifPresentOrElse(search -> search(search, buckets), this::sayUnsearched);
    return uses;
  }

  /** Named ones are looked at even if the list of buckets is not to be seen. */
  private void search(S3KeySearch search, Set<String> listed) {
    Set<String> buckets = new TreeSet<>(search.named());
    listed.stream().filter(search::covers).forEach(buckets::add);
    for (String bucket : buckets) {
      ObjectSearch objects = new ObjectSearch(key, bucket, reader, options, api, workers);
      look("objects of bucket " + bucket, () -> uses.addAll(objects.uses(search.most())));
    }
  }

  private void sayUnsearched() {
    uses.add(
        new KeyUse(
            "objects in S3",
            "Whether they need the key is not known.",
            "S3 tells it of each version only when asked for that one: say which are to be looked"
                + " at with S3Options.keySearch(...), and give those options to"
                + " KeyRetirementOptions.with(...)."));
  }

  private void look(String resources, Runnable look) {
    try {
      look.run();
    } catch (MissingPermissionException e) {
      uses.add(KeyUse.unseen(resources, e));
    } catch (S3Exception e) {
      if (!GONE.contains(AwsFailure.errorCode(e))) {
        throw e;
      }
    }
  }

  /** A key is used in its Region only. */
  private List<String> buckets() {
    List<String> names = new ArrayList<>();
    ListBucketsRequest.Builder request = ListBucketsRequest.builder().bucketRegion(key.region());
    boolean isMore = true;
    while (isMore) {
      ListBucketsResponse page =
          reader.read("s3:ListAllMyBuckets", () -> api.listBuckets(request.build()));
      page.buckets().forEach(bucket -> names.add(bucket.name()));
      isMore = page.continuationToken() != null;
      request.continuationToken(page.continuationToken());
    }
    return names;
  }

  private void lookAtDefault(String bucket) {
    if (new Bucket(bucket, api)
        .encryptionRules(reader).stream()
            .map(DefaultEncryption::of)
            .anyMatch(rule -> isUnder(rule.key().orElse(null)))) {
      uses.add(
          new KeyUse(
              "bucket " + bucket,
              "Its default encryption names the key, so what is written goes under it: rotate the"
                  + " bucket to another (RotationPlanner.forS3), or set another default."));
    }
  }

  private void lookAtReplication(String bucket) {
    GetBucketReplicationRequest request =
        GetBucketReplicationRequest.builder().bucket(bucket).build();
    List<ReplicationRule> rules =
        found(
                "s3:GetReplicationConfiguration",
                "ReplicationConfigurationNotFoundError",
                () -> api.getBucketReplication(request).replicationConfiguration().rules())
            .orElse(List.of());
    for (ReplicationRule rule : rules) {
      EncryptionConfiguration encryption = rule.destination().encryptionConfiguration();
      if (encryption != null && isUnder(encryption.replicaKmsKeyID())) {
        uses.add(
            new KeyUse(
                "replication rule " + rule.id() + " of bucket " + bucket,
                "It puts replicas under the key: have it name another."));
      }
    }
  }

  private void lookAtInventory(String bucket) {
    ListBucketInventoryConfigurationsRequest.Builder request =
        ListBucketInventoryConfigurationsRequest.builder().bucket(bucket);
    boolean isMore = true;
    while (isMore) {
      ListBucketInventoryConfigurationsResponse page =
          reader.read(
              "s3:GetInventoryConfiguration",
              () -> api.listBucketInventoryConfigurations(request.build()));
      page.inventoryConfigurationList().stream()
          .filter(inventory -> isUnder(keyOf(inventory)))
          .forEach(
              inventory ->
                  uses.add(
                      new KeyUse(
                          "inventory " + inventory.id() + " of bucket " + bucket,
                          "It puts its reports under the key: have it name another.")));
      isMore = Boolean.TRUE.equals(page.isTruncated());
      request.continuationToken(page.nextContinuationToken());
    }
  }

  private static @Nullable String keyOf(InventoryConfiguration inventory) {
    InventoryEncryption encryption = inventory.destination().s3BucketDestination().encryption();
    SSEKMS kms = encryption == null ? null : encryption.ssekms();
    return kms == null ? null : kms.keyId();
  }

  private <T> Optional<T> found(String operation, String absent, Supplier<T> call) {
    try {
      return Optional.of(Objects.requireNonNull(reader.read(operation, call)));
    } catch (S3Exception e) {
      if (AwsFailure.errorCode(e).equals(absent)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** By ARN or id. What an alias stands for is looked at by the retirement itself. */
  private boolean isUnder(@Nullable String identifier) {
    return key.isNamedBy(Optional.ofNullable(identifier));
  }
}
