package io.github.kmsrotation.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * All that a client can see of a bucket: what the list says of each version and delete marker, what
 * HEAD and GET say, bytes, tags, and ACL but of the many that are alike. By plain calls of the SDK,
 * and by none of the library's.
 *
 * @param rest all but encryption, by key and version
 * @param encryption the encryption, as HEAD tells it
 */
record Snapshot(
    Map<String, String> rest, Map<String, Seen> encryption, List<DeleteMarkerEntry> markers) {

  private static final long MOST_READ = 1 << 20;

  /**
   * How a version is encrypted.
   *
   * @param algorithm {@code aws:kms} and the like, {@code SSE-C}, or nothing
   */
  record Seen(String algorithm, Optional<String> keyArn, boolean hasBucketKey) {}

  static Snapshot of(S3Client s3, String bucket) {
    Snapshot snapshot =
        new Snapshot(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ArrayList<>());
    List<Runnable> looks = new ArrayList<>();
    s3.listObjectVersionsPaginator(r -> r.bucket(bucket).encodingType(EncodingType.URL))
        .forEach(
            page -> {
              snapshot.markers.addAll(page.deleteMarkers());
              page.versions().forEach(v -> looks.add(() -> snapshot.look(s3, bucket, v)));
            });
    Together.run(looks);
    return snapshot;
  }

  Map<String, String> sorted() {
    return new TreeMap<>(rest);
  }

  private void look(S3Client s3, String bucket, ObjectVersion version) {
    String name = EveryKind.name(version.key(), version.versionId());
    HeadObjectRequest.Builder request =
        HeadObjectRequest.builder()
            .bucket(bucket)
            .key(version.key())
            .versionId(version.versionId())
            .checksumMode(ChecksumMode.ENABLED);
    boolean isUnderCustomerKey = false;
    HeadObjectResponse head;
    try {
      head = s3.headObject(request.build());
    } catch (S3Exception e) {
      isUnderCustomerKey = true;
      head =
          s3.headObject(
              request
                  .sseCustomerAlgorithm("AES256")
                  .sseCustomerKey(EveryKind.customerKey())
                  .sseCustomerKeyMD5(EveryKind.customerKeyMd5())
                  .build());
    }
    encryption.put(
        name,
        new Seen(
            isUnderCustomerKey ? "SSE-C" : String.valueOf(head.serverSideEncryptionAsString()),
            Optional.ofNullable(head.ssekmsKeyId()),
            Boolean.TRUE.equals(head.bucketKeyEnabled())));
    rest.put(
        name,
        version
            + "\n"
            + withoutEncryption(head)
            + "\n"
            + content(s3, bucket, version, isUnderCustomerKey)
            + "\n"
            + (head.tagCount() == null ? "" : tags(s3, bucket, version))
            + (version.key().startsWith(EveryKind.MANY) ? "" : acl(s3, bucket, version)));
  }

  private static String acl(S3Client s3, String bucket, ObjectVersion version) {
    return s3.getObjectAcl(r -> r.bucket(bucket).key(version.key()).versionId(version.versionId()))
        .grants()
        .toString();
  }

  private static String tags(S3Client s3, String bucket, ObjectVersion version) {
    return s3.getObjectTagging(
            r -> r.bucket(bucket).key(version.key()).versionId(version.versionId()))
        .tagSet()
        .toString();
  }

  private static String withoutEncryption(HeadObjectResponse head) {
    return head.toBuilder()
        .serverSideEncryption((String) null)
        .ssekmsKeyId(null)
        .bucketKeyEnabled(null)
        .build()
        .toString();
  }

  /** Of what is large, the last bytes; of what is archived, what S3 answers. */
  private static String content(
      S3Client s3, String bucket, ObjectVersion version, boolean isUnderCustomerKey) {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder()
            .bucket(bucket)
            .key(version.key())
            .versionId(version.versionId())
            .range(version.size() > MOST_READ ? "bytes=-1000" : null);
    if (isUnderCustomerKey) {
      request
          .sseCustomerAlgorithm("AES256")
          .sseCustomerKey(EveryKind.customerKey())
          .sseCustomerKeyMD5(EveryKind.customerKeyMd5());
    }
    try {
      ResponseBytes<GetObjectResponse> answer = s3.getObjectAsBytes(request.build());
      return answer.response().contentLength() + " bytes " + Arrays.hashCode(answer.asByteArray());
    } catch (S3Exception e) {
      return e.awsErrorDetails().errorCode();
    }
  }
}
