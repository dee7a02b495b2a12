package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code UploadPart} and {@code UploadPartCopy}.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html">Multipart upload
 *     limits</a>
 */
final class PartOperations {

  private static final int MOST_PARTS = 10_000;

  private final S3State state;

  PartOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write("UploadPart", this::upload, "partNumber uploadId", Operations.CUSTOMER);
    operations.write(
        "UploadPartCopy",
        this::copy,
        "partNumber uploadId x-amz-copy-source-range",
        Operations.COPY_SOURCE,
        Operations.CUSTOMER);
  }

  private static int number(S3Request request) {
    String text = request.query("partNumber").orElse("");
    if (!text.matches("[0-9]{1,5}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MOST_PARTS) {
      throw S3Errors.invalidArgument(
          "Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
    }
    return Integer.parseInt(text);
  }

  private Upload begin(S3Request request) {
    Upload upload = UploadOperations.upload(state.bucket(request), request);
    requireSameCustomerKey(upload, CustomerKey.of(request));
    return upload;
  }

  private static void requireSameCustomerKey(Upload upload, Optional<CustomerKey> key) {
    boolean isNeeded = upload.sealed.encryption().kind() == Encryption.Kind.SSE_C;
    String md5 = key.map(CustomerKey::md5).orElse("");
    if (isNeeded && key.isEmpty()) {
      throw S3Errors.invalidRequest(
          "The multipart upload initiate requested encryption. Subsequent part requests must"
              + " include the appropriate encryption parameters.");
    }
    if (!md5.equals(upload.sealed.encryption().customerKeyMd5())) {
      throw AwsError.badRequest(
          "InvalidArgument",
          "The provided encryption parameters did not match the ones used originally.");
    }
  }

  private RestAnswer upload(S3Request request) throws IOException {
    int number = number(request);
    Integrity integrity = Integrity.of(request);
    Upload upload = state.locked(() -> begin(request));
    Optional<ChecksumAlgorithm> given = integrity.algorithm();
    if (upload.isAlgorithmStated && given.isPresent() && given.get() != upload.algorithm) {
      throw S3Errors.invalidRequest(
          "Checksum Type mismatch occurred, expected checksum Type: "
              + upload.algorithm.name().toLowerCase(java.util.Locale.ROOT)
              + ", actual checksum Type: "
              + given.get().name().toLowerCase(java.util.Locale.ROOT));
    }
    integrity.alsoComputing(upload.algorithm);
    Encryption encryption = upload.sealed.encryption();
    if (encryption.kind().hasMd5ETag()) {
      integrity.withMd5();
    }
    Upload.Part part;
    long expected = integrity.length().orElse((long) Blob.BLOCK);
    try (BlobWriter writer = new BlobWriter(state.blobs, upload.sealed.cipher(), expected)) {
      integrity.read(writer, PutOperation.MOST_AT_ONCE);
      part =
          new Upload.Part(
              number,
              writer.finish(),
              NewObject.digest(encryption.kind(), integrity.md5Digest()),
              Optional.of(
                  new ObjectChecksum(upload.algorithm, integrity.checksum(upload.algorithm), 0)),
              state.now());
    }
    keep(request, part);
    Map<String, String> headers = new HashMap<>();
    ObjectAnswers.putEncryption(encryption, headers);
    headers.put("ETag", etag(part));
    given.ifPresent(
        a -> headers.put(a.header(), new ObjectChecksum(a, integrity.checksum(a), 0).text()));
    return RestAnswer.of(200, headers, new byte[0]);
  }

  static String etag(Upload.Part part) {
    return "\"" + HexFormat.of().formatHex(part.digest()) + "\"";
  }

  /** The upload may be complete, or given up, by now. */
  private void keep(S3Request request, Upload.Part part) {
    try {
      state.locked(
          () -> {
            Upload upload = UploadOperations.upload(state.bucket(request), request);
            Upload.Part before = upload.parts.put(part.number(), part);
            if (before != null) {
              before.blob().file().letGo();
            }
            return upload;
          });
    } catch (AwsError e) {
      part.blob().file().letGo();
      throw e;
    }
  }

  private RestAnswer copy(S3Request request) throws IOException {
    int number = number(request);
    CopySource named = CopySource.of(request);
    Upload upload = state.locked(() -> begin(request));
    CopySource.Opened source = state.locked(() -> named.open(request, state));
    Upload.Part part;
    try {
      part = copied(upload, source, range(request, source.version().size), number);
    } finally {
      source.letGo();
    }
    keep(request, part);
    Map<String, String> headers = new HashMap<>();
    ObjectAnswers.putEncryption(upload.sealed.encryption(), headers);
    source.putVersion(headers);
    XmlOut out =
        XmlOut.of("CopyPartResult")
            .put("LastModified", Times.iso(part.modified()))
            .put("ETag", etag(part));
    if (upload.isAlgorithmStated) {
      part.checksum().ifPresent(c -> out.put(c.algorithm().element(), c.text()));
    }
    return out.answer(200, headers);
  }

  private static ByteRange range(S3Request request, long size) {
    Optional<String> header = request.header("x-amz-copy-source-range");
    if (header.isPresent() && !header.get().matches("bytes=[0-9]{1,18}-[0-9]{1,18}")) {
      throw S3Errors.invalidArgument(
          "The x-amz-copy-source-range value must be of the form bytes=first-last where first and"
              + " last are the zero-based offsets of the first and last bytes to copy",
          "x-amz-copy-source-range",
          header.get());
    }
    ByteRange range = new ByteRange(0, size);
    if (header.isPresent()) {
      String[] ends = header.get().substring("bytes=".length()).split("-");
      range =
          new ByteRange(
              Long.parseLong(ends[0]), Long.parseLong(ends[1]) - Long.parseLong(ends[0]) + 1);
    }
    if (range.length() < 0 || range.from() + range.length() > size) {
      throw S3Errors.invalidArgument(
          "Range specified is not valid for source object of size: " + size,
          "x-amz-copy-source-range",
          header.orElse(""));
    }
    if (range.length() > PutOperation.MOST_AT_ONCE) {
      throw S3Errors.invalidRequest(
          "The specified copy source is larger than the maximum allowable size for a copy source: "
              + PutOperation.MOST_AT_ONCE);
    }
    return range;
  }

  private Upload.Part copied(Upload upload, CopySource.Opened source, ByteRange range, int number)
      throws IOException {
    Encryption.Kind kind = upload.sealed.encryption().kind();
    Digester checksum = Digester.of(upload.algorithm);
    List<Digester> digesters = new ArrayList<>(List.of(checksum));
    if (kind.hasMd5ETag()) {
      digesters.add(Digester.md5());
    }
    try (BlobWriter writer = new BlobWriter(state.blobs, upload.sealed.cipher(), range.length())) {
      OutputStream out = CopyOperation.digesting(writer, digesters);
      BlobReader.copy(source.blobs(), source.cipher(), range.from(), range.length(), out);
      Optional<byte[]> md5 =
          kind.hasMd5ETag() ? Optional.of(digesters.get(1).finish()) : Optional.empty();
      return new Upload.Part(
          number,
          writer.finish(),
          NewObject.digest(kind, md5),
          Optional.of(new ObjectChecksum(upload.algorithm, checksum.finish(), 0)),
          state.now());
    }
  }
}
