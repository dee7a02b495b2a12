package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code PutObject}. The body is read without the lock; the conditions are looked at before and
 * after.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject</a>
 */
final class PutOperation {

  static final long MOST_AT_ONCE = 5L * 1024 * 1024 * 1024;

  private final S3State state;

  PutOperation(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("PutObject", this::put, Operations.NEW_OBJECT);
  }

  private record Begun(S3Version.Builder builder, ContentCipher cipher) {}

  private RestAnswer put(S3Request request) throws IOException {
    request.requireLegalKey();
    Integrity integrity = Integrity.of(request);
    if (integrity.length().isEmpty()) {
      throw new AwsError(
          "MissingContentLength", 411, "You must provide the Content-Length HTTP header.");
    }
    if (integrity.length().get() > MOST_AT_ONCE) {
      throw AwsError.badRequest(
          "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
    }
    ObjectHeaders headers = ObjectHeaders.of(request);
    Map<String, String> tags =
        request.header("x-amz-tagging").map(TagSet::ofHeader).orElse(Map.of());
    Begun begun = state.locked(() -> begin(request, integrity));
    begun.builder().headers = headers;
    begun.builder().tags = tags;
    store(integrity, begun);
    try {
      return state.locked(() -> finish(request, begun.builder()));
    } catch (AwsError e) {
      BlobReader.letGo(begun.builder().blobs);
      throw e;
    }
  }

  private Begun begin(S3Request request, Integrity integrity) {
    Bucket bucket = state.bucket(request);
    NewObject.requireConditions(request, bucket);
    S3Version.Builder builder = NewObject.of(request, bucket, state);
    if (builder.retention.isPresent() && !integrity.isStated()) {
      throw S3Errors.invalidRequest(
          "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with"
              + " Object Lock parameters");
    }
    EncryptionWish wish = EncryptionWish.of(request, bucket.encryption);
    Sealer.Sealed sealed = state.sealer.seal(wish, state.place(bucket, request.key()));
    builder.encryption = sealed.encryption();
    return new Begun(builder, sealed.cipher());
  }

  private void store(Integrity integrity, Begun begun) throws IOException {
    S3Version.Builder builder = begun.builder();
    ChecksumAlgorithm algorithm = integrity.algorithm().orElse(ChecksumAlgorithm.CRC64NVME);
    integrity.alsoComputing(algorithm);
    if (builder.encryption.kind().hasMd5ETag()) {
      integrity.withMd5();
    }
    long length = integrity.length().orElseThrow();
    try (BlobWriter writer = new BlobWriter(state.blobs, begun.cipher(), length)) {
      integrity.read(writer, MOST_AT_ONCE);
      builder.digest = NewObject.digest(builder.encryption.kind(), integrity.md5Digest());
      builder.checksum =
          java.util.Optional.of(new ObjectChecksum(algorithm, integrity.checksum(algorithm), 0));
      builder.blobs = List.of(writer.finish());
    }
  }

  private RestAnswer finish(S3Request request, S3Version.Builder builder) {
    Bucket bucket = state.bucket(request);
    NewObject.requireConditions(request, bucket);
    S3Version version = builder.build(bucket.newVersionId(), state.now());
    bucket.add(request.key(), version);
    state.replicator.written(bucket, request.key(), version);
    Map<String, String> answer = ObjectAnswers.ofNew(bucket, version);
    answer.put("ETag", version.etag());
    version.checksum().ifPresent(checksum -> ObjectAnswers.putChecksum(checksum, answer));
    return RestAnswer.of(200, answer, new byte[0]);
  }
}
