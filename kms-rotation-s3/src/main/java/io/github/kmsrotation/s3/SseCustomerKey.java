package io.github.kmsrotation.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A 256-bit key of the caller's, under which S3 encrypted an object (SSE-C). It is sent to S3 in
 * the headers of calls that read the object, and goes nowhere else: neither into plan nor journal,
 * and {@link #toString} does not tell it. Immutable.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html">Using
 *     server-side encryption with customer-provided keys</a>
 */
public final class SseCustomerKey {

  /** The one algorithm that S3 knows for such keys. */
  static final String ALGORITHM = "AES256";

  private static final int LENGTH = 32;

  private final byte[] bytes;

  private SseCustomerKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A key.
   *
   * @param bytes its 32 bytes, which are copied
   * @return the key
   * @throws IllegalArgumentException if there are not 32
   */
  public static SseCustomerKey of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "A customer-provided key has 32 bytes, this has " + bytes.length);
    }
    return new SseCustomerKey(bytes.clone());
  }

  String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** What S3 sees by that the key arrived whole. */
  String md5() {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has MD5", e);
    }
  }

  @Override
  public String toString() {
    return "SseCustomerKey[not shown]";
  }
}
