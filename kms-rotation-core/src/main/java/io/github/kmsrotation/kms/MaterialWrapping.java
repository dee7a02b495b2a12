package io.github.kmsrotation.kms;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;

/**
 * Wraps key material for its way to KMS, with the JDK's own cryptography. Symmetric and HMAC
 * material fits under RSA; private keys are too long for that, so that an AES key comes between.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-encrypt-key-material.html">
 *     Encrypting key material</a>
 */
final class MaterialWrapping {

  private static final int AES_BITS = 256;

  private MaterialWrapping() {}

  static AlgorithmSpec algorithm(String keySpec) {
    return lengthInBytes(keySpec).isPresent()
        ? AlgorithmSpec.RSAES_OAEP_SHA_256
        : AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256;
  }

  /**
   * How long material of a spec has to be; empty for private keys.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-conceptual.html">
   *     Requirements for imported key material</a>
   */
  static Optional<Integer> lengthInBytes(String keySpec) {
    return switch (keySpec) {
      case "SYMMETRIC_DEFAULT", "HMAC_256" -> Optional.of(32);
      case "HMAC_224" -> Optional.of(28);
      case "HMAC_384" -> Optional.of(48);
      case "HMAC_512" -> Optional.of(64);
      default -> Optional.empty();
    };
  }

  static byte[] wrap(byte[] material, byte[] wrappingKey, AlgorithmSpec algorithm) {
    try {
      PublicKey rsa =
          KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(wrappingKey));
      return algorithm == AlgorithmSpec.RSAES_OAEP_SHA_256
          ? underRsa(rsa, material)
          : underRsaAndAes(rsa, material);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "The key material could not be wrapped with " + algorithm + ".", e);
    }
  }

  private static byte[] underRsa(PublicKey rsa, byte[] plain) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        rsa,
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    return cipher.doFinal(plain);
  }

  private static byte[] underRsaAndAes(PublicKey rsa, byte[] plain)
      throws GeneralSecurityException {
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(AES_BITS);
    SecretKey aes = generator.generateKey();
    byte[] aesBytes = aes.getEncoded();
    try {
      Cipher cipher = Cipher.getInstance("AES/KWP/NoPadding");
      cipher.init(Cipher.WRAP_MODE, aes);
      byte[] wrappedMaterial = cipher.wrap(new SecretKeySpec(plain, "material"));
      byte[] wrappedAes = underRsa(rsa, aesBytes);
      byte[] both = Arrays.copyOf(wrappedAes, wrappedAes.length + wrappedMaterial.length);
      System.arraycopy(wrappedMaterial, 0, both, wrappedAes.length, wrappedMaterial.length);
      return both;
    } finally {
      Arrays.fill(aesBytes, (byte) 0);
    }
  }
}
