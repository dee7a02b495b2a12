package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** RSAES OAEP as AWS KMS does it: the mask generation function uses the same digest. */
final class Rsa {

  private Rsa() {}

  static byte[] encrypt(KeyPair pair, String algorithm, byte[] plaintext) {
    int modulus = ((RSAPublicKey) pair.getPublic()).getModulus().bitLength() / 8;
    int most = modulus - 2 * digestBytes(algorithm) - 2;
    if (plaintext.length > most) {
      throw KmsRules.validation("Algorithm " + algorithm + " takes at most " + most + " bytes.");
    }
    try {
      return cipher(Cipher.ENCRYPT_MODE, pair.getPublic(), algorithm).doFinal(plaintext);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("RSA encryption failed", e);
    }
  }

  /** Throws InvalidCiphertextException if the ciphertext is not one for this key. */
  static byte[] decrypt(KeyPair pair, String algorithm, byte[] ciphertext) {
    try {
      return cipher(Cipher.DECRYPT_MODE, pair.getPrivate(), algorithm).doFinal(ciphertext);
    } catch (GeneralSecurityException e) {
      throw AwsError.badRequest("InvalidCiphertextException", "");
    }
  }

  private static int digestBytes(String algorithm) {
    return algorithm.endsWith("SHA_256") ? 32 : 20;
  }

  private static Cipher cipher(int mode, Key key, String algorithm)
      throws GeneralSecurityException {
    boolean sha256 = algorithm.endsWith("SHA_256");
    OAEPParameterSpec parameters =
        new OAEPParameterSpec(
            sha256 ? "SHA-256" : "SHA-1",
            "MGF1",
            sha256 ? MGF1ParameterSpec.SHA256 : MGF1ParameterSpec.SHA1,
            PSource.PSpecified.DEFAULT);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(mode, key, parameters);
    return cipher;
  }
}
