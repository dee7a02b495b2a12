package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code x-amz-copy-source} names, read so that it can be copied without the lock.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a>
 */
final class CopySource {

  final String bucketName;
  final String key;
  final Optional<String> versionId;

  private CopySource(String bucketName, String key, Optional<String> versionId) {
    this.bucketName = bucketName;
    this.key = key;
    this.versionId = versionId;
  }

  /** A version that was opened: its bytes stay until they are let go. */
  record Opened(Bucket bucket, S3Version version, ContentCipher cipher) {

    List<Blob> blobs() {
      return version.blobs;
    }

    void letGo() {
      BlobReader.letGo(version.blobs);
    }

    void putVersion(Map<String, String> headers) {
      if (bucket.versioning != Versioning.NEVER) {
        headers.put("x-amz-copy-source-version-id", version.id);
      }
    }
  }

  static CopySource of(S3Request request) {
    String header = request.header("x-amz-copy-source").orElse("");
    int question = header.indexOf("?versionId=");
    Optional<String> versionId =
        question < 0
            ? Optional.empty()
            : Optional.of(header.substring(question + "?versionId=".length()));
    String path = decode(question < 0 ? header : header.substring(0, question));
    if (path.startsWith("arn:")) {
      throw AwsError.notModelled("a copy source that is an access point");
    }
    String relative = path.startsWith("/") ? path.substring(1) : path;
    int slash = relative.indexOf('/');
    if (slash <= 0 || slash == relative.length() - 1) {
      throw S3Errors.invalidArgument(
          "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
          "x-amz-copy-source",
          header);
    }
    return new CopySource(relative.substring(0, slash), relative.substring(slash + 1), versionId);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw S3Errors.invalidArgument("Copy Source must be URL-encoded", "x-amz-copy-source", text);
    }
  }

  /** Under the lock: finds the version, looks at the conditions, opens its data key. */
  Opened open(S3Request request, S3State state) {
    state.requireOwner(request, "x-amz-source-expected-bucket-owner");
    Bucket bucket = state.bucket(bucketName);
    String action = versionId.isPresent() ? "s3:GetObjectVersion" : "s3:GetObject";
    PolicyCheck.check(bucket, action, key, name -> Optional.empty());
    S3Version version = version(state, bucket);
    Conditions.requireForCopy(request, version);
    Optional<CustomerKey> customerKey = CustomerKey.ofCopySource(request);
    ObjectAnswers.requireCustomerKey(version.encryption, customerKey);
    ObjectAnswers.requireReadable(version, state.now());
    byte[] dataKey = state.sealer.open(version.encryption, state.place(bucket, key), customerKey);
    BlobReader.hold(version.blobs);
    return new Opened(bucket, version, ContentCipher.of(version.encryption.kind(), dataKey));
  }

  /** A delete marker that is named cannot be copied, rather than not be found. */
  private S3Version version(S3State state, Bucket bucket) {
    try {
      return state.version(bucket, key, versionId);
    } catch (AwsError e) {
      throw e.code().equals("MethodNotAllowed")
          ? S3Errors.invalidRequest(
              "The source of a copy request may not specifically refer to a delete marker by"
                  + " version id.")
          : e;
    }
  }
}
