package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;

/**
 * Makes imported bytes a key, if they fit the key spec.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-conceptual.html">Requirements
 *     for imported key material</a>
 */
final class ImportedSecrets {

  private ImportedSecrets() {}

  static Secret of(String spec, byte[] bytes) {
    if (KeySpecs.isOneKey(spec)) {
      if (bytes.length != KeySpecs.keyBytes(spec)) {
        throw incorrect(
            "Key material for " + spec + " must have " + KeySpecs.keyBytes(spec) + " bytes.");
      }
      return Secret.of(spec, bytes);
    }
    if (!spec.startsWith("RSA")) {
      throw AwsError.notModelled("the import of material for keys of spec " + spec);
    }
    return Secret.of(spec, rsa(spec, bytes));
  }

  /** A private key in PKCS #8; its public key is derived from it. */
  private static KeyPair rsa(String spec, byte[] bytes) {
    try {
      KeyFactory factory = KeyFactory.getInstance("RSA");
      PrivateKey parsed = factory.generatePrivate(new PKCS8EncodedKeySpec(bytes));
      if (parsed instanceof RSAPrivateCrtKey key
          && key.getModulus().bitLength() == KeySpecs.rsaBits(spec)) {
        return new KeyPair(
            factory.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())),
            key);
      }
    } catch (GeneralSecurityException e) {
      // told below, as for a key of another length; the cause might show bytes of the key
    }
    throw incorrect("Key material for " + spec + " must be such a private key in PKCS #8.");
  }

  static AwsError incorrect(String message) {
    return AwsError.badRequest("IncorrectKeyMaterialException", message);
  }
}
