package io.github.kmsrotation.testkit.s3;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Has the bucket's policy say whether an operation is denied, by the action that AWS knows it as.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html">Required
 *     permissions for Amazon S3 API operations</a>
 */
final class PolicyCheck {

  private static final Map<String, String> ACTIONS =
      Map.ofEntries(
          Map.entry("HeadBucket", "s3:ListBucket"),
          Map.entry("ListObjects", "s3:ListBucket"),
          Map.entry("ListObjectsV2", "s3:ListBucket"),
          Map.entry("ListObjectVersions", "s3:ListBucketVersions"),
          Map.entry("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
          Map.entry("ListParts", "s3:ListMultipartUploadParts"),
          Map.entry("HeadObject", "s3:GetObject"),
          Map.entry("CopyObject", "s3:PutObject"),
          Map.entry("CreateMultipartUpload", "s3:PutObject"),
          Map.entry("PutBucketEncryption", "s3:PutEncryptionConfiguration"),
          Map.entry("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
          Map.entry("DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
          Map.entry("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
          Map.entry("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
          Map.entry("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
          Map.entry("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"),
          Map.entry("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
          Map.entry("PutBucketReplication", "s3:PutReplicationConfiguration"),
          Map.entry("GetBucketReplication", "s3:GetReplicationConfiguration"),
          Map.entry("DeleteBucketReplication", "s3:PutReplicationConfiguration"),
          Map.entry("PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
          Map.entry("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
          Map.entry("DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
          Map.entry("DeleteBucketTagging", "s3:PutBucketTagging"),
          Map.entry("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
          Map.entry("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
          Map.entry("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
          Map.entry("DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"));

  /**
   * The account's root user may always repair a policy; parts are judged when their upload begins;
   * what is deleted by list or what has its encryption in the body is judged there.
   */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "CreateBucket",
          "ListBuckets",
          "PutBucketPolicy",
          "GetBucketPolicy",
          "DeleteBucketPolicy",
          "UploadPart",
          "UploadPartCopy",
          "CompleteMultipartUpload",
          "DeleteObjects",
          "UpdateObjectEncryption");

  /** These are other actions if the request names a version. */
  private static final Set<String> VERSIONED =
      Set.of(
          "s3:GetObject",
          "s3:DeleteObject",
          "s3:GetObjectTagging",
          "s3:PutObjectTagging",
          "s3:DeleteObjectTagging",
          "s3:GetObjectAcl",
          "s3:PutObjectAcl",
          "s3:GetObjectAttributes");

  private final S3State state;
  private final Optional<String> action;

  PolicyCheck(S3State state, String operation) {
    this.state = state;
    this.action =
        ELSEWHERE.contains(operation)
            ? Optional.empty()
            : Optional.of(ACTIONS.getOrDefault(operation, "s3:" + operation));
  }

  void check(S3Request request) {
    if (action.isEmpty()) {
      return;
    }
    boolean ofVersion = request.query("versionId").isPresent() && VERSIONED.contains(action.get());
    state.locked(
        () -> {
          Bucket bucket = state.buckets.get(request.bucket());
          if (bucket != null) {
            check(
                bucket,
                ofVersion ? versioned(action.get()) : action.get(),
                request.key(),
                request::header);
          }
          return action;
        });
  }

  /** {@code s3:GetObjectTagging} becomes {@code s3:GetObjectVersionTagging}. */
  static String versioned(String action) {
    return action.replace("Object", "ObjectVersion");
  }

  /** Under the lock. Conditions are the headers of their names, but for one. */
  static void check(
      Bucket bucket,
      String action,
      String key,
      java.util.function.Function<String, Optional<String>> headers) {
    bucket.policy.ifPresent(
        policy ->
            policy.check(
                action,
                "arn:aws:s3:::" + bucket.name + (key.isEmpty() ? "" : "/" + key),
                name -> condition(name, headers)));
  }

  /** The endpoint stands for AWS's, which clients call over TLS. */
  private static Optional<String> condition(
      String name, java.util.function.Function<String, Optional<String>> headers) {
    return name.equals("aws:securetransport")
        ? Optional.of("true")
        : headers.apply(name.substring(name.indexOf(':') + 1));
  }
}
