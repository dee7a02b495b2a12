package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which operation a request is: by its method, whether it names a key, and its sub-resource.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html">Actions</a>
 */
final class Routes {

  private static final List<String> OF_BUCKET =
      List.of(
          "location",
          "encryption",
          "versioning",
          "policyStatus",
          "policy",
          "object-lock",
          "tagging",
          "requestPayment",
          "lifecycle",
          "ownershipControls",
          "publicAccessBlock",
          "acl",
          "uploads",
          "versions",
          "delete",
          "accelerate",
          "analytics",
          "cors",
          "intelligent-tiering",
          "inventory",
          "logging",
          "metrics",
          "notification",
          "replication",
          "website",
          "abac",
          "session",
          "metadataTable",
          "metadataConfiguration",
          "metadataInventoryTable",
          "metadataJournalTable");

  private static final List<String> OF_OBJECT =
      List.of(
          "tagging",
          "acl",
          "retention",
          "legal-hold",
          "attributes",
          "encryption",
          "restore",
          "uploads",
          "uploadId",
          "torrent",
          "select",
          "renameObject",
          "annotation");

  private static final Map<String, String> BUCKET =
      Map.ofEntries(
          Map.entry("PUT", "CreateBucket"),
          Map.entry("DELETE", "DeleteBucket"),
          Map.entry("HEAD", "HeadBucket"),
          Map.entry("GET", "ListObjects"),
          Map.entry("GET location", "GetBucketLocation"),
          Map.entry("PUT encryption", "PutBucketEncryption"),
          Map.entry("GET encryption", "GetBucketEncryption"),
          Map.entry("DELETE encryption", "DeleteBucketEncryption"),
          Map.entry("PUT versioning", "PutBucketVersioning"),
          Map.entry("GET versioning", "GetBucketVersioning"),
          Map.entry("PUT policy", "PutBucketPolicy"),
          Map.entry("GET policy", "GetBucketPolicy"),
          Map.entry("DELETE policy", "DeleteBucketPolicy"),
          Map.entry("PUT object-lock", "PutObjectLockConfiguration"),
          Map.entry("GET object-lock", "GetObjectLockConfiguration"),
          Map.entry("PUT tagging", "PutBucketTagging"),
          Map.entry("GET tagging", "GetBucketTagging"),
          Map.entry("DELETE tagging", "DeleteBucketTagging"),
          Map.entry("PUT requestPayment", "PutBucketRequestPayment"),
          Map.entry("GET requestPayment", "GetBucketRequestPayment"),
          Map.entry("PUT lifecycle", "PutBucketLifecycleConfiguration"),
          Map.entry("GET lifecycle", "GetBucketLifecycleConfiguration"),
          Map.entry("DELETE lifecycle", "DeleteBucketLifecycle"),
          Map.entry("PUT ownershipControls", "PutBucketOwnershipControls"),
          Map.entry("GET ownershipControls", "GetBucketOwnershipControls"),
          Map.entry("DELETE ownershipControls", "DeleteBucketOwnershipControls"),
          Map.entry("PUT publicAccessBlock", "PutPublicAccessBlock"),
          Map.entry("GET publicAccessBlock", "GetPublicAccessBlock"),
          Map.entry("DELETE publicAccessBlock", "DeletePublicAccessBlock"),
          Map.entry("PUT acl", "PutBucketAcl"),
          Map.entry("GET acl", "GetBucketAcl"),
          Map.entry("PUT replication", "PutBucketReplication"),
          Map.entry("GET replication", "GetBucketReplication"),
          Map.entry("DELETE replication", "DeleteBucketReplication"),
          Map.entry("PUT inventory", "PutBucketInventoryConfiguration"),
          Map.entry("GET inventory", "ListBucketInventoryConfigurations"),
          Map.entry("DELETE inventory", "DeleteBucketInventoryConfiguration"),
          Map.entry("GET uploads", "ListMultipartUploads"),
          Map.entry("GET versions", "ListObjectVersions"),
          Map.entry("POST delete", "DeleteObjects"));

  private static final Map<String, String> OBJECT =
      Map.ofEntries(
          Map.entry("PUT", "PutObject"),
          Map.entry("GET", "GetObject"),
          Map.entry("HEAD", "HeadObject"),
          Map.entry("DELETE", "DeleteObject"),
          Map.entry("PUT tagging", "PutObjectTagging"),
          Map.entry("GET tagging", "GetObjectTagging"),
          Map.entry("DELETE tagging", "DeleteObjectTagging"),
          Map.entry("PUT acl", "PutObjectAcl"),
          Map.entry("GET acl", "GetObjectAcl"),
          Map.entry("PUT retention", "PutObjectRetention"),
          Map.entry("GET retention", "GetObjectRetention"),
          Map.entry("PUT legal-hold", "PutObjectLegalHold"),
          Map.entry("GET legal-hold", "GetObjectLegalHold"),
          Map.entry("GET attributes", "GetObjectAttributes"),
          Map.entry("GET annotation", "ListObjectAnnotations"),
          Map.entry("PUT encryption", "UpdateObjectEncryption"),
          Map.entry("POST restore", "RestoreObject"),
          Map.entry("POST uploads", "CreateMultipartUpload"),
          Map.entry("PUT uploadId", "UploadPart"),
          Map.entry("POST uploadId", "CompleteMultipartUpload"),
          Map.entry("DELETE uploadId", "AbortMultipartUpload"),
          Map.entry("GET uploadId", "ListParts"));

  private Routes() {}

  static String operation(S3Request request) {
    String method = request.rest().method();
    if (request.bucket().isEmpty()) {
      return found(method.equals("GET") ? Optional.of("ListBuckets") : Optional.empty());
    }
    if (request.key().isEmpty()) {
      Optional<String> sub = subResource(request, OF_BUCKET);
      String name = lookUp(BUCKET, method, sub);
      return name.equals("ListObjects") && request.query("list-type").equals(Optional.of("2"))
          ? "ListObjectsV2"
          : name;
    }
    String name = lookUp(OBJECT, method, subResource(request, OF_OBJECT));
    if (request.header("x-amz-copy-source").isEmpty()) {
      return name;
    }
    return switch (name) {
      case "PutObject" -> "CopyObject";
      case "UploadPart" -> "UploadPartCopy";
      default -> name;
    };
  }

  private static Optional<String> subResource(S3Request request, List<String> known) {
    return known.stream().filter(request.queries()::containsKey).findFirst();
  }

  private static String lookUp(Map<String, String> table, String method, Optional<String> sub) {
    Optional<String> name =
        Optional.ofNullable(table.get(sub.map(s -> method + " " + s).orElse(method)));
    if (name.isEmpty() && sub.isPresent()) {
      throw AwsError.notModelled("s3:" + method + " ?" + sub.get());
    }
    return found(name);
  }

  private static String found(Optional<String> name) {
    return name.orElseThrow(S3Errors::methodNotAllowed);
  }
}
