package io.github.kmsrotation.testkit;

/** What a test can do to the embedded S3, and see of it, that no request can. */
public interface S3View {

  /**
   * Makes an object as it would be had it been put before January 2023, when S3 began to encrypt
   * every new one: without encryption and without a checksum.
   *
   * @param bucket its bucket
   * @param key its key
   * @param data its bytes
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such bucket
   */
  void plantUnencrypted(String bucket, String key, byte[] data);

  /**
   * Makes an object of zeros under the bucket's default encryption, which takes neither time nor
   * room: for objects that are large, or many. It has no checksum, as one from before December 2024
   * that was put without; above 5 GiB it looks as if uploaded in parts.
   *
   * @param bucket its bucket, whose default encryption has to be SSE-KMS or DSSE-KMS
   * @param key its key
   * @param size how many bytes, 0 or more
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such bucket, or KMS refuses
   * @throws IllegalArgumentException if the bucket's default encryption is SSE-S3
   */
  void plantZeros(String bucket, String key, long size);

  /**
   * The bytes of an object's current version as they are stored.
   *
   * @param bucket its bucket
   * @param key its key
   * @return encrypted bytes, unless the object is not encrypted
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such object
   */
  byte[] storedBytes(String bucket, String key);
}
