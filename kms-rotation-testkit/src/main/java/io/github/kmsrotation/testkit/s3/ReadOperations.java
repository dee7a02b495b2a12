package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GetObject} and {@code HeadObject}. Bytes are decrypted and sent without the lock; what
 * they are stored in stays until they are sent, whatever becomes of the object.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</a>
 */
final class ReadOperations {

  private static final Map<String, String> OVERRIDES =
      Map.of(
          "response-cache-control", "Cache-Control",
          "response-content-disposition", "Content-Disposition",
          "response-content-encoding", "Content-Encoding",
          "response-content-language", "Content-Language",
          "response-content-type", "Content-Type",
          "response-expires", "Expires");

  private final S3State state;

  ReadOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    String[] params = {
      "versionId partNumber x-amz-checksum-mode",
      String.join(" ", OVERRIDES.keySet()),
      Operations.CUSTOMER
    };
    operations.read("GetObject", request -> state.locked(() -> get(request)), params);
    operations.read("HeadObject", request -> state.locked(() -> head(request)), params);
  }

  private RestAnswer get(S3Request request) {
    Bucket bucket = state.bucket(request);
    S3Version version = found(request, bucket);
    Optional<CustomerKey> customerKey = CustomerKey.of(request);
    ObjectAnswers.requireCustomerKey(version.encryption, customerKey);
    ObjectAnswers.requireReadable(version, state.now());
    byte[] dataKey =
        state.sealer.open(version.encryption, state.place(bucket, request.key()), customerKey);
    Map<String, String> headers = headers(request, bucket, version);
    Optional<ByteRange> range = range(request, version, headers);
    ContentCipher cipher = ContentCipher.of(version.encryption.kind(), dataKey);
    ByteRange whole = range.orElse(new ByteRange(0, version.size));
    BlobReader.hold(version.blobs);
    return new RestAnswer(
        range.isPresent() ? 206 : 200,
        headers,
        whole.length(),
        new Content(version.blobs, cipher, whole));
  }

  private record Content(List<Blob> blobs, ContentCipher cipher, ByteRange range)
      implements RestAnswer.Body {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      BlobReader.copy(blobs, cipher, range.from(), range.length(), out);
    }

    @Override
    public void release() {
      BlobReader.letGo(blobs);
    }
  }

  /** The key is needed for a checksum only, as AWS tells of {@code x-amz-checksum-mode}. */
  private RestAnswer head(S3Request request) {
    Bucket bucket = state.bucket(request);
    S3Version version = found(request, bucket);
    Optional<CustomerKey> customerKey = CustomerKey.of(request);
    ObjectAnswers.requireCustomerKey(version.encryption, customerKey);
    if (wantsChecksum(request)) {
      state.sealer.open(version.encryption, state.place(bucket, request.key()), customerKey);
    }
    Map<String, String> headers = headers(request, bucket, version);
    Optional<ByteRange> range = range(request, version, headers);
    long length = range.map(ByteRange::length).orElse(version.size);
    headers.put("Content-Length", Long.toString(length));
    return new RestAnswer(range.isPresent() ? 206 : 200, headers, length, out -> {});
  }

  private S3Version found(S3Request request, Bucket bucket) {
    S3Version version = state.version(bucket, request.key(), request.versionId());
    Conditions.requireForRead(request, version);
    return version;
  }

  private Map<String, String> headers(S3Request request, Bucket bucket, S3Version version) {
    boolean withChecksum = wantsChecksum(request) && request.header("Range").isEmpty();
    Map<String, String> headers = ObjectAnswers.ofRead(bucket, version, withChecksum, state.now());
    OVERRIDES.forEach(
        (query, header) -> request.query(query).ifPresent(value -> headers.put(header, value)));
    return headers;
  }

  private static boolean wantsChecksum(S3Request request) {
    return request.header("x-amz-checksum-mode").map("ENABLED"::equalsIgnoreCase).orElse(false);
  }

  private static Optional<ByteRange> range(
      S3Request request, S3Version version, Map<String, String> headers) {
    Optional<String> part = request.query("partNumber");
    Optional<String> asked = request.header("Range");
    if (part.isPresent() && asked.isPresent()) {
      throw S3Errors.invalidRequest(
          "Cannot specify both Range header and partNumber query parameter");
    }
    Optional<ByteRange> range =
        part.map(number -> ofPart(Numbers.number("partNumber", number), version, headers))
            .or(() -> asked.flatMap(header -> ByteRange.parse(header, version.size)));
    range.ifPresent(r -> headers.put("Content-Range", r.contentRange(version.size)));
    return range;
  }

  private static ByteRange ofPart(int number, S3Version version, Map<String, String> headers) {
    if (number < 1 || number > Math.max(1, version.parts.size())) {
      throw new AwsError("InvalidPartNumber", 416, "The requested partnumber is not satisfiable");
    }
    if (version.parts.isEmpty()) {
      return new ByteRange(0, version.size);
    }
    headers.put("x-amz-mp-parts-count", Integer.toString(version.parts.size()));
    long from = version.parts.subList(0, number - 1).stream().mapToLong(PartInfo::size).sum();
    PartInfo part = version.parts.get(number - 1);
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      headers.remove(algorithm.header());
    }
    return new ByteRange(from, part.size());
  }
}
