package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.s3.BatchReplication;
import io.github.kmsrotation.testkit.s3.Xml;
import io.github.kmsrotation.testkit.s3.XmlOut;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Carries out one task of a job, by a call of S3. */
final class JobTasks {

  private static final String S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
  private static final String SSE = "x-amz-server-side-encryption";

  private final S3Calls s3;
  private final BatchReplication replication;

  JobTasks(S3Calls s3, BatchReplication replication) {
    this.s3 = s3;
    this.replication = replication;
  }

  /** Refuses operations that are not modelled, and what is not modelled of them. */
  static void check(Xml operation) {
    switch (operation.name()) {
      case "S3UpdateObjectEncryption" ->
          operation
              .allow("ObjectEncryption")
              .child("ObjectEncryption")
              .flatMap(encryption -> encryption.allow("SSE-KMS").child("SSE-KMS"))
              .orElseThrow(
                  () -> AwsError.badRequest("InvalidRequest", "The SSE-KMS encryption is missing."))
              .allow("KMSKeyArn", "BucketKeyEnabled")
              .required("KMSKeyArn");
      case "S3PutObjectCopy" -> checkCopy(operation);
      case "S3ReplicateObject" -> operation.allow();
      default -> throw AwsError.notModelled("the batch operation " + operation.name());
    }
  }

  private static void checkCopy(Xml copy) {
    List<String> modelled =
        List.of(
            "TargetResource",
            "TargetKeyPrefix",
            "StorageClass",
            "SSEAwsKmsKeyId",
            "BucketKeyEnabled",
            "ChecksumAlgorithm",
            "CannedAccessControlList",
            "NewObjectTagging",
            "MetadataDirective",
            "NewObjectMetadata");
    for (Xml child : copy.children()) {
      if (!modelled.contains(child.name())) {
        throw AwsError.notModelled(child.name() + " of S3PutObjectCopy");
      }
    }
    if (!copy.value("MetadataDirective").orElse("COPY").equals("COPY")) {
      throw AwsError.notModelled("MetadataDirective REPLACE of S3PutObjectCopy");
    }
    Arns.bucket(copy.required("TargetResource"));
    for (Xml part : copy.child("NewObjectMetadata").map(Xml::children).orElse(List.of())) {
      boolean isNothing = part.name().equals("UserMetadata") && part.children().isEmpty();
      if (!isNothing && !part.name().equals("SSEAlgorithm")) {
        throw AwsError.notModelled(part.name() + " of NewObjectMetadata");
      }
    }
  }

  Job.Result carryOut(Job job, Job.Task task) {
    try {
      switch (job.operation().name()) {
        case "S3UpdateObjectEncryption" -> update(job, task);
        case "S3ReplicateObject" ->
            replication.replicate(task.bucket(), task.key(), task.versionId());
        default -> copy(job, task);
      }
      return new Job.Result(task, true, 200, "", "Successful");
    } catch (AwsError e) {
      return new Job.Result(task, false, e.status(), e.code(), e.text());
    }
  }

  private void update(Job job, Job.Task task) {
    Xml encryption = job.operation().child("ObjectEncryption").orElseThrow();
    XmlOut body = XmlOut.of("ObjectEncryption", S3_NAMESPACE);
    encryption.children().forEach(body::put);
    byte[] bytes = body.bytes();
    s3.call("PUT", job.region, task.bucket(), task.key())
        .query("encryption", "")
        .query("versionId", task.versionId())
        .header("Content-MD5", Md5.base64(bytes))
        .body(bytes)
        .send();
  }

  private void copy(Job job, Job.Task task) {
    Xml copy = job.operation();
    String source = "/" + task.bucket() + "/" + S3Calls.encode(task.key());
    String prefix = copy.value("TargetKeyPrefix").map(p -> p + "/").orElse("");
    Optional<String> key = copy.value("SSEAwsKmsKeyId");
    Optional<String> algorithm =
        copy.child("NewObjectMetadata")
            .flatMap(metadata -> metadata.value("SSEAlgorithm"))
            .map(a -> a.equals("KMS") ? "aws:kms" : a)
            .or(() -> key.map(k -> "aws:kms"));
    Optional<Xml> tags = copy.child("NewObjectTagging");
    s3.call("PUT", job.region, Arns.bucket(copy.required("TargetResource")), prefix + task.key())
        .header(
            "x-amz-copy-source", source + task.versionId().map(v -> "?versionId=" + v).orElse(""))
        .header("x-amz-storage-class", copy.value("StorageClass"))
        .header("x-amz-acl", copy.value("CannedAccessControlList"))
        .header("x-amz-checksum-algorithm", copy.value("ChecksumAlgorithm"))
        .header("x-amz-tagging-directive", tags.map(t -> "REPLACE"))
        .header("x-amz-tagging", tags.map(JobTasks::tags))
        .header(SSE, algorithm)
        .header(SSE + "-aws-kms-key-id", key)
        .header(SSE + "-bucket-key-enabled", copy.value("BucketKeyEnabled"))
        .send();
  }

  private static String tags(Xml list) {
    return list.all("member").stream()
        .map(tag -> encode(tag.required("Key")) + "=" + encode(tag.required("Value")))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
