package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;

/** What headers give to a new object. To be called under the lock. */
final class NewObject {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int DIGEST = 16;

  private NewObject() {}

  /** All but the metadata, the tags and what comes from the bytes. */
  static S3Version.Builder of(S3Request request, Bucket bucket, S3State state) {
    S3Version.Builder builder = new S3Version.Builder();
    builder.storageClass = StorageClass.of(request);
    builder.redirect = redirect(request);
    builder.acl = Acls.of(request, bucket, state.ownerId);
    lock(request, bucket, builder, state.now());
    return builder;
  }

  private static Optional<String> redirect(S3Request request) {
    Optional<String> redirect = request.header("x-amz-website-redirect-location");
    if (redirect.isPresent() && !redirect.get().matches("(/|https?://).{0,2047}")) {
      throw AwsError.badRequest(
          "InvalidRedirectLocation",
          "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");
    }
    return redirect;
  }

  private static void lock(
      S3Request request, Bucket bucket, S3Version.Builder builder, Instant now) {
    Optional<String> mode = request.header("x-amz-object-lock-mode");
    Optional<Instant> until =
        request.header("x-amz-object-lock-retain-until-date").map(Times::parseIso);
    Optional<String> hold = request.header("x-amz-object-lock-legal-hold");
    if (bucket.objectLock.isEmpty()) {
      if (mode.isPresent() || until.isPresent() || hold.isPresent()) {
        throw S3Errors.invalidRequest("Bucket is missing Object Lock Configuration");
      }
      return;
    }
    if (mode.isPresent() != until.isPresent()) {
      throw AwsError.badRequest(
          "InvalidArgument",
          "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied");
    }
    if (mode.isPresent()) {
      if (!mode.get().matches("GOVERNANCE|COMPLIANCE")) {
        throw S3Errors.invalidArgument(
            "Unknown wormMode directive.", "x-amz-object-lock-mode", mode.get());
      }
      if (!until.get().isAfter(now)) {
        throw AwsError.badRequest(
            "InvalidArgument", "The retain until date must be in the future!");
      }
    }
    builder.retention =
        mode.map(m -> Retention.of(m, until.get()))
            .or(() -> bucket.objectLock.get().byDefault(now));
    builder.isOnLegalHold = hold.map(NewObject::isOn).orElse(false);
  }

  static boolean isOn(String status) {
    if (!status.matches("ON|OFF")) {
      throw S3Errors.invalidArgument(
          "Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold", status);
    }
    return status.equals("ON");
  }

  /** What an ETag is made of: the MD5 digest, or bytes that say nothing of the data. */
  static byte[] digest(Encryption.Kind kind, Optional<byte[]> md5) {
    if (kind.hasMd5ETag()) {
      return md5.orElseThrow();
    }
    byte[] digest = new byte[DIGEST];
    RANDOM.nextBytes(digest);
    return digest;
  }

  /**
   * The conditions on what is there already.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">Conditional
   *     writes</a>
   */
  static void requireConditions(S3Request request, Bucket bucket) {
    Optional<String> ifMatch = request.header("If-Match");
    Optional<String> ifNoneMatch = request.header("If-None-Match");
    if (ifMatch.isEmpty() && ifNoneMatch.isEmpty()) {
      return;
    }
    if ((ifNoneMatch.isPresent() && !ifNoneMatch.get().equals("*"))
        || ifMatch.equals(Optional.of("*"))) {
      throw new AwsError(
          "NotImplemented",
          501,
          "A header you provided implies functionality that is not implemented");
    }
    Optional<S3Version> current =
        bucket.find(request.key(), Optional.empty()).filter(v -> !v.isDeleteMarker);
    if (ifNoneMatch.isPresent() && current.isPresent()) {
      throw S3Errors.preconditionFailed("If-None-Match");
    }
    if (ifMatch.isPresent()) {
      S3Version version = current.orElseThrow(() -> S3Errors.noSuchKey(request.key()));
      if (!Conditions.isSame(ifMatch.get(), version)) {
        throw S3Errors.preconditionFailed("If-Match");
      }
    }
  }
}
