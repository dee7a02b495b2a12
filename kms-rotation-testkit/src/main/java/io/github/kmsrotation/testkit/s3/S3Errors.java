package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;

/**
 * The errors of Amazon S3 that several operations answer.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">Error
 *     responses</a>
 */
final class S3Errors {

  private S3Errors() {}

  static AwsError noSuchBucket(String bucket) {
    return new AwsError("NoSuchBucket", 404, "The specified bucket does not exist")
        .with("BucketName", bucket);
  }

  static AwsError noSuchKey(String key) {
    return new AwsError("NoSuchKey", 404, "The specified key does not exist.").with("Key", key);
  }

  static AwsError noSuchVersion(String key, String versionId) {
    return new AwsError("NoSuchVersion", 404, "The specified version does not exist.")
        .with("Key", key)
        .with("VersionId", versionId);
  }

  static AwsError noSuchUpload(String uploadId) {
    return new AwsError(
            "NoSuchUpload",
            404,
            "The specified upload does not exist. The upload ID may be invalid, or the upload may"
                + " have been aborted or completed.")
        .with("UploadId", uploadId);
  }

  static AwsError invalidRequest(String message) {
    return AwsError.badRequest("InvalidRequest", message);
  }

  static AwsError invalidArgument(String message, String name, String value) {
    return AwsError.badRequest("InvalidArgument", message)
        .with("ArgumentName", name)
        .with("ArgumentValue", value);
  }

  static AwsError malformedXml() {
    return AwsError.badRequest(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published"
            + " schema");
  }

  static AwsError accessDenied(String message) {
    return new AwsError("AccessDenied", 403, message);
  }

  static AwsError notFound(String code, String message) {
    return new AwsError(code, 404, message);
  }

  static AwsError preconditionFailed(String condition) {
    return new AwsError(
            "PreconditionFailed",
            412,
            "At least one of the pre-conditions you specified did not hold")
        .with("Condition", condition);
  }

  static AwsError methodNotAllowed() {
    return new AwsError(
        "MethodNotAllowed", 405, "The specified method is not allowed against this resource.");
  }

  static AwsError badDigest(String message) {
    return AwsError.badRequest("BadDigest", message);
  }
}
