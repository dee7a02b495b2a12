package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A key that comes with the request.
 *
 * @param key 256 bits
 * @param md5 its digest in base64
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html">Server-side
 *     encryption with customer-provided keys</a>
 */
@SuppressWarnings("ArrayRecordComponent") // made for one call and compared with nothing
record CustomerKey(byte[] key, String md5) {

  private static final String HEADERS = "server-side-encryption-customer-";
  private static final int LENGTH = 32;

  static Optional<CustomerKey> of(S3Request request) {
    return of(request, "x-amz-" + HEADERS);
  }

  static Optional<CustomerKey> ofCopySource(S3Request request) {
    return of(request, "x-amz-copy-source-" + HEADERS);
  }

  private static Optional<CustomerKey> of(S3Request request, String prefix) {
    Optional<String> algorithm = request.header(prefix + "algorithm");
    Optional<String> key = request.header(prefix + "key");
    Optional<String> md5 = request.header(prefix + "key-md5");
    if (algorithm.isEmpty() && key.isEmpty() && md5.isEmpty()) {
      return Optional.empty();
    }
    if (!algorithm.equals(Optional.of("AES256"))) {
      throw AwsError.badRequest(
          "InvalidEncryptionAlgorithmError",
          "The encryption request you specified is not valid. The valid value is AES256.");
    }
    if (key.isEmpty() || md5.isEmpty()) {
      throw AwsError.badRequest(
          "InvalidArgument",
          "Requests specifying Server Side Encryption with Customer provided keys must provide an"
              + " appropriate secret key and its MD5.");
    }
    return Optional.of(checked(decode(key.get()), md5.get()));
  }

  private static byte[] decode(String key) {
    try {
      return Base64.getDecoder().decode(key);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static CustomerKey checked(byte[] key, String md5) {
    if (key.length != LENGTH) {
      throw AwsError.badRequest(
          "InvalidArgument", "The secret key was invalid for the specified algorithm.");
    }
    byte[] digest = Digester.digest(Digester.md5(), key);
    if (!Arrays.equals(digest, decode(md5))) {
      throw AwsError.badRequest(
          "InvalidArgument",
          "The calculated MD5 hash of the key did not match the hash that was provided.");
    }
    return new CustomerKey(key, md5);
  }

  @Override
  public String toString() {
    return "a customer's key";
  }
}
