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
   * The bytes of an object's current version as they are stored.
   *
   * @param bucket its bucket
   * @param key its key
   * @return encrypted bytes, unless the object is not encrypted
   * @throws io.github.kmsrotation.testkit.http.AwsError if there is no such object
   */
  byte[] storedBytes(String bucket, String key);
}
