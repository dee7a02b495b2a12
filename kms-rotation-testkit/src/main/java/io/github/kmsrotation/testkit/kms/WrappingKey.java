package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * A wrapping key that goes with one import token.
 *
 * @param keyArn the key that material may be imported into
 * @param pair the RSA key
 * @param algorithm how the material is wrapped
 * @param validTo 24 hours after it was made
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-get-public-key-and-token.html">Download
 *     the wrapping public key and import token</a>
 */
record WrappingKey(String keyArn, KeyPair pair, String algorithm, Instant validTo) {

  /** Why material of a kind cannot be wrapped so, as {@code GetParametersForImport} documents. */
  static Optional<String> problem(String spec, String algorithm, String wrappingSpec) {
    boolean direct = algorithm.startsWith("RSAES_OAEP");
    if (KeySpecs.isOneKey(spec)) {
      return direct
          ? Optional.empty()
          : Optional.of(algorithm + " wraps private keys only, not material for " + spec + ".");
    }
    if (spec.startsWith("RSA") && direct) {
      return Optional.of("RSA private keys need an RSA_AES_KEY_WRAP algorithm.");
    }
    if (spec.equals("ECC_NIST_P521") && direct && wrappingSpec.equals("RSA_2048")) {
      return Optional.of("RSA_2048 is too short to wrap ECC_NIST_P521 directly.");
    }
    return Optional.empty();
  }

  /** The material; InvalidCiphertextException if it was not wrapped under this key. */
  byte[] unwrap(byte[] wrapped) {
    String oaep = algorithm.endsWith("SHA_256") ? "RSAES_OAEP_SHA_256" : "RSAES_OAEP_SHA_1";
    if (algorithm.equals(oaep)) {
      return Rsa.decrypt(pair, oaep, wrapped);
    }
    int modulus = ((RSAPublicKey) pair.getPublic()).getModulus().bitLength() / 8;
    if (wrapped.length <= modulus) {
      throw AwsError.badRequest("InvalidCiphertextException", "");
    }
    byte[] aes = Rsa.decrypt(pair, oaep, Arrays.copyOf(wrapped, modulus));
    return unwrap(aes, Arrays.copyOfRange(wrapped, modulus, wrapped.length));
  }

  /** AES key wrap with padding, RFC 5649. */
  private static byte[] unwrap(byte[] aes, byte[] wrapped) {
    try {
      Cipher cipher = Cipher.getInstance("AES/KWP/NoPadding");
      cipher.init(Cipher.UNWRAP_MODE, new SecretKeySpec(aes, "AES"));
      return cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw AwsError.badRequest("InvalidCiphertextException", "");
    }
  }

  @Override
  public String toString() {
    return algorithm + " for " + keyArn;
  }
}
