package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code CompleteMultipartUpload}. No bytes move: the parts become the object.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html">CompleteMultipartUpload</a>
 */
final class CompleteOperation {

  private static final int MOST_XML = 16 * 1024 * 1024;
  private static final long LEAST_PART = 5L * 1024 * 1024;

  private final S3State state;

  CompleteOperation(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write(
        "CompleteMultipartUpload",
        this::complete,
        "uploadId x-amz-checksum-type x-amz-mp-object-size",
        Operations.CUSTOMER);
  }

  /** The checksum headers are those of the object here, not of the body. */
  private RestAnswer complete(S3Request request) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    request.rest().body().transferTo(body);
    if (body.size() > MOST_XML) {
      throw S3Errors.malformedXml();
    }
    List<Xml> wanted =
        Xml.parse(body.toByteArray(), "CompleteMultipartUpload").allow("Part").all("Part");
    if (wanted.isEmpty()) {
      throw S3Errors.malformedXml();
    }
    return state.locked(() -> complete(request, wanted));
  }

  private RestAnswer complete(S3Request request, List<Xml> wanted) {
    Bucket bucket = state.bucket(request);
    Upload upload = UploadOperations.upload(bucket, request);
    NewObject.requireConditions(request, bucket);
    List<Upload.Part> parts = parts(upload, wanted);
    requireSizes(request, upload, parts);
    ObjectChecksum checksum = checksum(upload, parts);
    requireChecksum(request, checksum);
    S3Version version = version(bucket, upload, parts, checksum);
    bucket.add(upload.key, version);
    state.replicator.written(bucket, upload.key, version);
    bucket.uploads.remove(upload.id);
    upload.parts.values().stream()
        .filter(part -> !parts.contains(part))
        .forEach(part -> part.blob().file().letGo());
    Map<String, String> headers = ObjectAnswers.ofNew(bucket, version);
    return XmlOut.of("CompleteMultipartUploadResult")
        .put("Location", "http://" + bucket.name + ".s3.amazonaws.com/" + upload.key)
        .put("Bucket", bucket.name)
        .put("Key", upload.key)
        .put("ETag", version.etag())
        .put(checksum.algorithm().element(), checksum.text())
        .put("ChecksumType", checksum.type())
        .answer(200, headers);
  }

  private static List<Upload.Part> parts(Upload upload, List<Xml> wanted) {
    List<Upload.Part> parts = new ArrayList<>();
    int last = 0;
    for (Xml wish : wanted) {
      int number = Numbers.number("PartNumber", wish.required("PartNumber"));
      if (number <= last) {
        throw AwsError.badRequest(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.");
      }
      last = number;
      parts.add(part(upload, wish, number));
    }
    return parts;
  }

  private static Upload.Part part(Upload upload, Xml wish, int number) {
    Upload.Part part = upload.parts.get(number);
    String etag = wish.required("ETag").replace("\"", "");
    if (part == null || !HexFormat.of().formatHex(part.digest()).equals(etag)) {
      throw invalidPart(number, etag);
    }
    Optional<String> stated = wish.value(upload.algorithm.element());
    if (stated.isEmpty() && upload.isComposite) {
      throw S3Errors.invalidRequest(
          "The upload was created using a "
              + upload.algorithm.name().toLowerCase(java.util.Locale.ROOT)
              + " checksum. The complete request must include the checksum for each part. It was"
              + " missing for part "
              + number
              + " in the request.");
    }
    if (stated.isPresent() && !stated.equals(part.checksum().map(ObjectChecksum::text))) {
      throw invalidPart(number, etag);
    }
    return part;
  }

  private static AwsError invalidPart(int number, String etag) {
    return AwsError.badRequest(
            "InvalidPart",
            "One or more of the specified parts could not be found.  The part may not have been"
                + " uploaded, or the specified entity tag may not match the part's entity tag.")
        .with("PartNumber", Integer.toString(number))
        .with("ETag", etag);
  }

  private static void requireSizes(S3Request request, Upload upload, List<Upload.Part> parts) {
    for (Upload.Part part : parts.subList(0, parts.size() - 1)) {
      if (part.blob().length() < LEAST_PART) {
        throw AwsError.badRequest(
                "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
            .with("ProposedSize", Long.toString(part.blob().length()))
            .with("MinSizeAllowed", Long.toString(LEAST_PART))
            .with("PartNumber", Integer.toString(part.number()))
            .with("UploadId", upload.id);
      }
    }
    String size = Long.toString(parts.stream().mapToLong(part -> part.blob().length()).sum());
    Optional<String> stated = request.header("x-amz-mp-object-size");
    if (stated.isPresent() && !stated.get().equals(size)) {
      throw S3Errors.invalidRequest(
          "The provided 'x-amz-mp-object-size' header value "
              + stated.get()
              + " does not match what was computed: "
              + size);
    }
  }

  private static ObjectChecksum checksum(Upload upload, List<Upload.Part> parts) {
    List<byte[]> values =
        parts.stream().map(part -> part.checksum().orElseThrow().value()).toList();
    if (upload.isComposite) {
      return ObjectChecksum.composite(upload.algorithm, values);
    }
    byte[] value = values.get(0);
    for (int i = 1; i < parts.size(); i++) {
      value = upload.algorithm.combine(value, values.get(i), parts.get(i).blob().length());
    }
    return new ObjectChecksum(upload.algorithm, value, 0);
  }

  private static void requireChecksum(S3Request request, ObjectChecksum checksum) {
    Optional<String> type = request.header("x-amz-checksum-type");
    if (type.isPresent() && !type.get().equals(checksum.type())) {
      throw S3Errors.invalidRequest(
          "The upload was created using the "
              + checksum.type()
              + " checksum mode. The complete request must use the same checksum mode.");
    }
    Optional<String> stated = request.header(checksum.algorithm().header());
    String text = checksum.text();
    if (stated.isPresent() && !stated.get().equals(text)) {
      throw S3Errors.badDigest(
          "The "
              + checksum.algorithm().name().toLowerCase(java.util.Locale.ROOT)
              + " you specified did not match what we received.");
    }
  }

  private S3Version version(
      Bucket bucket, Upload upload, List<Upload.Part> parts, ObjectChecksum checksum) {
    S3Version.Builder builder = upload.object;
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    parts.forEach(part -> digests.writeBytes(part.digest()));
    builder.digest = Digester.digest(Digester.md5(), digests.toByteArray());
    builder.partsCount = parts.size();
    builder.blobs = parts.stream().map(Upload.Part::blob).toList();
    builder.checksum = Optional.of(checksum);
    builder.parts =
        parts.stream()
            .map(part -> new PartInfo(part.number(), part.blob().length(), part.checksum()))
            .toList();
    return builder.build(bucket.newVersionId(), state.now());
  }
}
