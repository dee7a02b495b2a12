package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Headers of answers that tell of an object. */
final class ObjectAnswers {

  private ObjectAnswers() {}

  static void putEncryption(Encryption encryption, Map<String, String> headers) {
    if (!encryption.kind().wire().isEmpty()) {
      headers.put(EncryptionWish.HEADER, encryption.kind().wire());
    }
    if (!encryption.keyArn().isEmpty()) {
      headers.put(EncryptionWish.HEADER + "-aws-kms-key-id", encryption.keyArn());
    }
    if (encryption.isBucketKey()) {
      headers.put(EncryptionWish.HEADER + "-bucket-key-enabled", "true");
    }
    if (encryption.kind() == Encryption.Kind.SSE_C) {
      headers.put(EncryptionWish.HEADER + "-customer-algorithm", "AES256");
      headers.put(EncryptionWish.HEADER + "-customer-key-MD5", encryption.customerKeyMd5());
    }
  }

  static void putChecksum(ObjectChecksum checksum, Map<String, String> headers) {
    headers.put(checksum.algorithm().header(), checksum.text());
    headers.put("x-amz-checksum-type", checksum.type());
  }

  static void putVersion(Bucket bucket, S3Version version, Map<String, String> headers) {
    if (bucket.versioning != Versioning.NEVER) {
      headers.put("x-amz-version-id", version.id);
    }
  }

  /** What an answer tells of an object that was written. */
  static Map<String, String> ofNew(Bucket bucket, S3Version version) {
    Map<String, String> headers = new HashMap<>();
    putVersion(bucket, version, headers);
    putEncryption(version.encryption, headers);
    if (!version.encryption.context().isEmpty()) {
      headers.put(
          EncryptionWish.HEADER + "-context", EncryptionWish.encoded(version.encryption.context()));
    }
    return headers;
  }

  /** An object under a customer's key is read with that key, any other without one. */
  static void requireCustomerKey(Encryption encryption, Optional<CustomerKey> key) {
    boolean isNeeded = encryption.kind() == Encryption.Kind.SSE_C;
    if (isNeeded && key.isEmpty()) {
      throw S3Errors.invalidRequest(
          "The object was stored using a form of Server Side Encryption. The correct parameters"
              + " must be provided to retrieve the object.");
    }
    if (!isNeeded && key.isPresent()) {
      throw S3Errors.invalidRequest("The encryption parameters are not applicable to this object.");
    }
    if (isNeeded && !key.get().md5().equals(encryption.customerKeyMd5())) {
      throw S3Errors.accessDenied("Access Denied");
    }
  }

  /** An archived object is not read before it is restored. */
  static void requireReadable(S3Version version, java.time.Instant now) {
    Restoration restoration = version.restoration;
    boolean isReadable = restoration != null && restoration.isReadable(now);
    if (version.storageClass.isArchived() && !isReadable) {
      throw new AwsError(
              "InvalidObjectState",
              403,
              "The operation is not valid for the object's storage class")
          .with("StorageClass", version.storageClass.name());
    }
  }

  /** Everything that GET and HEAD tell. */
  static Map<String, String> ofRead(
      Bucket bucket, S3Version version, boolean withChecksum, java.time.Instant now) {
    Map<String, String> headers = new HashMap<>();
    version.headers.putInto(headers);
    headers.put("ETag", version.etag());
    headers.put("Last-Modified", Times.http(version.modified()));
    headers.put("Accept-Ranges", "bytes");
    putVersion(bucket, version, headers);
    putEncryption(version.encryption, headers);
    if (version.storageClass != StorageClass.STANDARD) {
      headers.put("x-amz-storage-class", version.storageClass.name());
    }
    if (!version.tags.isEmpty()) {
      headers.put("x-amz-tagging-count", Integer.toString(version.tags.size()));
    }
    if (version.redirect != null) {
      headers.put("x-amz-website-redirect-location", version.redirect);
    }
    if (withChecksum) {
      version.checksum().ifPresent(checksum -> putChecksum(checksum, headers));
    }
    ReplicationStatus replication = version.replication;
    if (replication != null) {
      replication.shown().ifPresent(status -> headers.put("x-amz-replication-status", status));
    }
    putLock(version, headers);
    putRestoration(version, headers, now);
    return headers;
  }

  private static void putLock(S3Version version, Map<String, String> headers) {
    Retention retention = version.retention;
    if (retention != null) {
      headers.put("x-amz-object-lock-mode", retention.mode());
      headers.put("x-amz-object-lock-retain-until-date", Times.iso(retention.until()));
    }
    if (version.isOnLegalHold) {
      headers.put("x-amz-object-lock-legal-hold", "ON");
    }
  }

  private static void putRestoration(
      S3Version version, Map<String, String> headers, java.time.Instant now) {
    Restoration restoration = version.restoration;
    if (restoration == null || !now.isBefore(restoration.expires())) {
      return;
    }
    headers.put(
        "x-amz-restore",
        restoration.isOngoing(now)
            ? "ongoing-request=\"true\""
            : "ongoing-request=\"false\", expiry-date=\""
                + Times.http(restoration.expires())
                + "\"");
  }
}
