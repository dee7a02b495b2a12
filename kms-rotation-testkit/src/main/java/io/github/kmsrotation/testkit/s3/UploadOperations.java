package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Multipart uploads begin and are given up.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html">CreateMultipartUpload</a>
 */
final class UploadOperations {

  private final S3State state;

  UploadOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write(
        "CreateMultipartUpload",
        request -> state.locked(() -> create(request)),
        "uploads x-amz-checksum-algorithm x-amz-checksum-type",
        Operations.NEW_OBJECT);
    operations.write(
        "AbortMultipartUpload", request -> state.locked(() -> abort(request)), "uploadId");
  }

  private RestAnswer create(S3Request request) {
    request.requireLegalKey();
    Bucket bucket = state.bucket(request);
    S3Version.Builder builder = NewObject.of(request, bucket, state);
    builder.headers = ObjectHeaders.of(request);
    builder.tags = request.header("x-amz-tagging").map(TagSet::ofHeader).orElse(Map.of());
    MultipartChecksum checksum = MultipartChecksum.of(request);
    EncryptionWish wish = EncryptionWish.of(request, bucket.encryption);
    Sealer.Sealed sealed = state.sealer.seal(wish, state.place(bucket, request.key()));
    builder.encryption = sealed.encryption();
    String id = UUID.randomUUID().toString().replace("-", "");
    bucket.uploads.put(id, new Upload(id, request.key(), state.now(), builder, sealed, checksum));
    Map<String, String> headers = new HashMap<>();
    ObjectAnswers.putEncryption(sealed.encryption(), headers);
    if (checksum.isStated()) {
      headers.put("x-amz-checksum-algorithm", checksum.algorithm().name());
      headers.put("x-amz-checksum-type", checksum.isComposite() ? "COMPOSITE" : "FULL_OBJECT");
    }
    return XmlOut.of("InitiateMultipartUploadResult")
        .put("Bucket", bucket.name)
        .put("Key", request.key())
        .put("UploadId", id)
        .answer(200, headers);
  }

  /** Under the lock: the upload that a request names. */
  static Upload upload(Bucket bucket, S3Request request) {
    String id = request.query("uploadId").orElse("");
    return Optional.ofNullable(bucket.uploads.get(id))
        .filter(upload -> upload.key.equals(request.key()))
        .orElseThrow(() -> S3Errors.noSuchUpload(id));
  }

  private RestAnswer abort(S3Request request) {
    Bucket bucket = state.bucket(request);
    Upload upload = upload(bucket, request);
    upload.release();
    bucket.uploads.remove(upload.id);
    return RestAnswer.of(204, Map.of(), new byte[0]);
  }
}
