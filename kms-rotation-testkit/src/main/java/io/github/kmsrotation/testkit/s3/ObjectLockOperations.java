package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Retention periods and legal holds of objects.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html">Object
 *     Lock</a>
 */
final class ObjectLockOperations {

  private final S3State state;

  ObjectLockOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write(
        "PutObjectRetention",
        this::putRetention,
        "retention versionId x-amz-bypass-governance-retention");
    operations.read("GetObjectRetention", this::getRetention, "retention versionId");
    operations.write("PutObjectLegalHold", this::putHold, "legal-hold versionId");
    operations.read("GetObjectLegalHold", this::getHold, "legal-hold versionId");
  }

  private S3Version version(S3Request request) {
    Bucket bucket = state.bucket(request);
    if (bucket.objectLock.isEmpty()) {
      throw S3Errors.invalidRequest("Bucket is missing Object Lock Configuration");
    }
    return state.version(bucket, request.key(), request.versionId());
  }

  private RestAnswer putRetention(S3Request request) throws IOException {
    Xml wish = request.xml("Retention").allow("Mode", "RetainUntilDate");
    Optional<Retention> wanted =
        wish.children().isEmpty()
            ? Optional.empty()
            : Optional.of(
                Retention.of(
                    wish.required("Mode"), Times.parseIso(wish.required("RetainUntilDate"))));
    boolean bypasses = request.truth("x-amz-bypass-governance-retention");
    return state.locked(
        () -> {
          S3Version version = version(request);
          Instant now = state.now();
          if (wanted.isPresent() && !wanted.get().isActive(now)) {
            throw AwsError.badRequest(
                "InvalidArgument", "The retain until date must be in the future!");
          }
          requireLonger(version, wanted, bypasses, now);
          version.retention = wanted.orElse(null);
          state.replicator.changed(state.bucket(request), request.key(), version);
          return RestAnswer.of(200, Map.of(), new byte[0]);
        });
  }

  /** A period is made longer by everybody, and shorter by nobody or by a bypass. */
  private static void requireLonger(
      S3Version version, Optional<Retention> wanted, boolean bypasses, Instant now) {
    Retention present = version.retention;
    if (present == null || !present.isActive(now)) {
      return;
    }
    boolean isLonger =
        wanted.isPresent()
            && !wanted.get().until().isBefore(present.until())
            && (wanted.get().isCompliance() || !present.isCompliance());
    boolean isFree = !present.isCompliance() && bypasses;
    if (!isLonger && !isFree) {
      throw S3Errors.accessDenied("Access Denied because object protected by object lock.");
    }
  }

  private RestAnswer getRetention(S3Request request) {
    return state.locked(
        () -> {
          Retention retention = version(request).retention;
          if (retention == null) {
            throw noLock();
          }
          return XmlOut.of("Retention")
              .put("Mode", retention.mode())
              .put("RetainUntilDate", Times.iso(retention.until()))
              .answer();
        });
  }

  private static AwsError noLock() {
    return S3Errors.notFound(
        "NoSuchObjectLockConfiguration",
        "The specified object does not have a ObjectLock configuration");
  }

  private RestAnswer putHold(S3Request request) throws IOException {
    String status = request.xml("LegalHold").allow("Status").required("Status");
    if (!status.matches("ON|OFF")) {
      throw S3Errors.malformedXml();
    }
    return state.locked(
        () -> {
          S3Version version = version(request);
          version.isOnLegalHold = status.equals("ON");
          state.replicator.changed(state.bucket(request), request.key(), version);
          return RestAnswer.of(200, Map.of(), new byte[0]);
        });
  }

  private RestAnswer getHold(S3Request request) {
    boolean isOn = state.locked(() -> version(request).isOnLegalHold);
    return XmlOut.of("LegalHold").put("Status", isOn ? "ON" : "OFF").answer();
  }
}
