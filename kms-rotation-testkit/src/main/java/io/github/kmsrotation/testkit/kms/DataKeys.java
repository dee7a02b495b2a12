package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Params;
import java.security.SecureRandom;
import java.util.Map;

/**
 * What a service of the embedded AWS that encrypts under KMS keys asks of AWS KMS: data keys, as
 * its caller. Its calls count as usage of the key. Used under the embedded AWS's lock.
 */
public final class DataKeys {

  private static final int LENGTH = 32;

  private final KmsKeys keys;
  private final KeyUse use;
  private final SecureRandom random = new SecureRandom();

  /**
   * A data key.
   *
   * @param keyArn the KMS key that it is sealed under
   * @param plaintext the key itself
   * @param sealed the key encrypted
   */
  @SuppressWarnings("ArrayRecordComponent") // made for one call and compared with nothing
  public record DataKey(String keyArn, byte[] plaintext, byte[] sealed) {
    @Override
    public String toString() {
      return "a data key under " + keyArn;
    }
  }

  DataKeys(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.use = new KeyUse(keys, timeline);
  }

  /**
   * A new data key.
   *
   * @param region the service's Region
   * @param keyId the KMS key, by id, ARN or alias
   * @param context the encryption context
   * @return a data key of 256 bits
   * @throws io.github.kmsrotation.testkit.http.AwsError as {@code GenerateDataKey} answers it
   */
  public DataKey generate(String region, String keyId, Map<String, String> context) {
    byte[] plaintext = new byte[LENGTH];
    random.nextBytes(plaintext);
    return seal("GenerateDataKey", region, keyId, plaintext, context);
  }

  /**
   * A data key, sealed anew.
   *
   * @param region the service's Region
   * @param keyId the KMS key, by id, ARN or alias
   * @param plaintext the data key
   * @param context the encryption context
   * @return the data key
   * @throws io.github.kmsrotation.testkit.http.AwsError as {@code Encrypt} answers it
   */
  public DataKey seal(String region, String keyId, byte[] plaintext, Map<String, String> context) {
    return seal("Encrypt", region, keyId, plaintext, context);
  }

  private DataKey seal(
      String operation,
      String region,
      String keyId,
      byte[] plaintext,
      Map<String, String> context) {
    KmsKey key = use.usable(keys.resolve(region, keyId), "ENCRYPT_DECRYPT");
    KeyUse.checkAlgorithm(key, KeySpecs.SYMMETRIC, KeySpecs.encryptionAlgorithms(key.form.spec()));
    byte[] sealed = Ciphertexts.seal(key, plaintext, context);
    use.succeed(asked(operation, region, key), key);
    return new DataKey(key.arn, plaintext, sealed);
  }

  /**
   * Opens a sealed data key.
   *
   * @param region the service's Region
   * @param sealed what {@link #generate} or {@link #seal} made
   * @param context the encryption context
   * @return the data key
   * @throws io.github.kmsrotation.testkit.http.AwsError as {@code Decrypt} answers it
   */
  public byte[] open(String region, byte[] sealed, Map<String, String> context) {
    Ciphertexts.Blob blob = Ciphertexts.parse(sealed);
    KmsKey key = use.usable(keys.ofCiphertext(region, blob.keyArn()), "ENCRYPT_DECRYPT");
    byte[] plaintext = Ciphertexts.open(key, blob, context);
    use.succeed(asked("Decrypt", region, key), key);
    return plaintext;
  }

  private static AwsRequest asked(String operation, String region, KmsKey key) {
    return new AwsRequest(
        region, key.accountId, operation, new Params(Map.of(), "ValidationException"));
  }
}
