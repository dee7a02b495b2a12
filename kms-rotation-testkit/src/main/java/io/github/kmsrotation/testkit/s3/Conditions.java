package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.time.Instant;
import java.util.Optional;

/**
 * Conditions on an object that is read or copied.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</a>,
 *     <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a>
 */
final class Conditions {

  private Conditions() {}

  static boolean isSame(String etag, S3Version version) {
    return etag.replace("\"", "").equals(version.etag().replace("\"", ""));
  }

  static void requireForRead(S3Request request, S3Version version) {
    boolean[] outcome = outcome(request, "", version);
    if (!outcome[0]) {
      throw S3Errors.preconditionFailed("If-Match");
    }
    if (!outcome[1]) {
      throw new AwsError("NotModified", 304, "Not Modified")
          .with("etag", version.etag())
          .with("last-modified", Times.http(version.modified()));
    }
  }

  static void requireForCopy(S3Request request, S3Version source) {
    boolean[] outcome = outcome(request, "x-amz-copy-source-", source);
    if (!outcome[0] || !outcome[1]) {
      throw S3Errors.preconditionFailed(
          outcome[0] ? "x-amz-copy-source-If-None-Match" : "x-amz-copy-source-If-Match");
    }
  }

  /** An ETag's condition decides over a date's: whether it may be read, whether it is news. */
  private static boolean[] outcome(S3Request request, String prefix, S3Version version) {
    Optional<String> match = request.header(prefix + "if-match");
    Optional<String> noneMatch = request.header(prefix + "if-none-match");
    Instant modified = version.modified();
    boolean mayRead =
        match
            .map(etag -> etag.equals("*") || isSame(etag, version))
            .or(
                () ->
                    request
                        .header(prefix + "if-unmodified-since")
                        .flatMap(Times::condition)
                        .map(since -> !modified.isAfter(since)))
            .orElse(true);
    boolean isNews =
        noneMatch
            .map(etag -> !etag.equals("*") && !isSame(etag, version))
            .or(
                () ->
                    request
                        .header(prefix + "if-modified-since")
                        .flatMap(Times::condition)
                        .map(modified::isAfter))
            .orElse(true);
    return new boolean[] {mayRead, isNews};
  }
}
