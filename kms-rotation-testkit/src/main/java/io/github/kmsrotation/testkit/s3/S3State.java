package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.kms.DataKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/** All buckets, and what all operations share. What changes is used under the lock. */
final class S3State {

  final String accountId;
  final String ownerId;
  final Timeline timeline;
  final BlobStore blobs = new BlobStore();
  final Sealer sealer;
  final Replicator replicator = new Replicator(this);
  final Map<String, Bucket> buckets = new TreeMap<>();
  private final Lock lock;

  S3State(String accountId, Lock lock, Timeline timeline, DataKeys dataKeys) {
    this.accountId = accountId;
    this.lock = lock;
    this.timeline = timeline;
    this.sealer = new Sealer(dataKeys, timeline);
    this.ownerId =
        HexFormat.of()
            .formatHex(
                Digester.digest(
                    Digester.of(ChecksumAlgorithm.SHA256),
                    accountId.getBytes(StandardCharsets.UTF_8)));
  }

  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      timeline.catchUp();
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  Instant now() {
    return timeline.now();
  }

  /** The bucket of a request, which has to be signed for its Region and expect its owner. */
  Bucket bucket(S3Request request) {
    requireOwner(request, "x-amz-expected-bucket-owner");
    Bucket bucket = bucket(request.bucket());
    requireRegion(bucket, request.rest().region());
    return bucket;
  }

  Bucket bucket(String name) {
    Bucket bucket = buckets.get(name);
    if (bucket == null) {
      throw S3Errors.noSuchBucket(name);
    }
    return bucket;
  }

  void requireOwner(S3Request request, String header) {
    Optional<String> expected = request.header(header);
    if (expected.isPresent() && !expected.get().equals(accountId)) {
      throw S3Errors.accessDenied("Access Denied");
    }
  }

  /**
   * One endpoint stands for those of all Regions: a request goes to that of the Region it is signed
   * for. That of us-east-1 answers otherwise than the rest.
   *
   * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html">Request
   *     redirection</a>
   */
  private static void requireRegion(Bucket bucket, String region) {
    if (bucket.region.equals(region)) {
      return;
    }
    AwsError error =
        region.equals("us-east-1")
            ? AwsError.badRequest(
                    "AuthorizationHeaderMalformed",
                    "The authorization header is malformed; the region 'us-east-1' is wrong;"
                        + " expecting '"
                        + bucket.region
                        + "'")
                .with("Region", bucket.region)
            : new AwsError(
                    "PermanentRedirect",
                    301,
                    "The bucket you are attempting to access must be addressed using the specified"
                        + " endpoint. Please send all future requests to this endpoint.")
                .with("Endpoint", bucket.name + ".s3." + bucket.region + ".amazonaws.com")
                .with("Bucket", bucket.name);
    throw error.with("x-amz-bucket-region", bucket.region);
  }

  /** The version that a request names or sees; a delete marker is an error. */
  S3Version version(Bucket bucket, String key, Optional<String> versionId) {
    Optional<S3Version> found = bucket.find(key, versionId);
    if (found.isEmpty()) {
      throw versionId.isPresent()
          ? S3Errors.noSuchVersion(key, versionId.get())
          : S3Errors.noSuchKey(key);
    }
    if (found.get().isDeleteMarker) {
      AwsError error =
          versionId.isPresent() ? S3Errors.methodNotAllowed() : S3Errors.noSuchKey(key);
      throw error.with("x-amz-delete-marker", "true").with("x-amz-version-id", found.get().id);
    }
    return found.get();
  }

  Sealer.Place place(Bucket bucket, String key) {
    return new Sealer.Place(bucket.region, bucket.name, key);
  }

  void close() {
    buckets.clear();
    blobs.close();
  }
}
