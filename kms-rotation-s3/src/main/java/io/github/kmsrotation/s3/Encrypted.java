package io.github.kmsrotation.s3;

import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * How a version of an object is encrypted, and what may be done to it.
 *
 * @param kind its encryption
 * @param keyArn its KMS key, if there is one
 * @param hasBucketKey whether it has a Bucket Key
 * @param lock what Object Lock holds it by, in words, if the caller may see that
 */
record Encrypted(Kind kind, Optional<String> keyArn, boolean hasBucketKey, Optional<String> lock) {

  /** How S3 encrypts. */
  enum Kind {
    NONE,
    SSE_S3,
    SSE_KMS,
    DSSE_KMS,
    /** Under a key of the caller's, without which S3 tells nothing. */
    SSE_C,
    /** By a name that is not known here. */
    OTHER
  }

  static final Encrypted UNDER_CUSTOMER_KEY =
      new Encrypted(Kind.SSE_C, Optional.empty(), false, Optional.empty());

  static Encrypted of(HeadObjectResponse head, Instant now) {
    return new Encrypted(
        kind(head),
        Optional.ofNullable(head.ssekmsKeyId()),
        Boolean.TRUE.equals(head.bucketKeyEnabled()),
        lock(head, now));
  }

  private static Kind kind(HeadObjectResponse head) {
    if (head.sseCustomerAlgorithm() != null) {
      return Kind.SSE_C;
    }
    if (head.serverSideEncryptionAsString() == null) {
      return Kind.NONE;
    }
    ServerSideEncryption encryption = head.serverSideEncryption();
    return switch (encryption) {
      case AES256 -> Kind.SSE_S3;
      case AWS_KMS -> Kind.SSE_KMS;
      case AWS_KMS_DSSE -> Kind.DSSE_KMS;
      default -> Kind.OTHER;
    };
  }

  private static Optional<String> lock(HeadObjectResponse head, Instant now) {
    if (head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON) {
      return Optional.of("legal hold");
    }
    Instant until = head.objectLockRetainUntilDate();
    return until != null && until.isAfter(now)
        ? Optional.of(head.objectLockModeAsString() + " until " + until)
        : Optional.empty();
  }
}
