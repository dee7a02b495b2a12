package io.github.kmsrotation.testkit.kms;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * RSASSA-PSS of a message that is hashed already, which the JDK does not offer. Salts are as long
 * as the digest.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8017#section-9.1">RFC 8017, section 9.1</a>
 */
final class PssDigests {

  private static final int TRAILER = 0xbc;
  private static final int SEPARATOR = 1;

  private final MessageDigest hash;
  private final int length;

  PssDigests(int bits) throws GeneralSecurityException {
    this.hash = MessageDigest.getInstance("SHA-" + bits);
    this.length = bits / 8;
  }

  byte[] sign(KeyPair pair, byte[] digest) throws GeneralSecurityException {
    byte[] salt = new byte[length];
    new SecureRandom().nextBytes(salt);
    return rsa(pair.getPrivate(), Cipher.DECRYPT_MODE, encode(digest, salt, encodedLength(pair)));
  }

  boolean verify(KeyPair pair, byte[] digest, byte[] signature) throws GeneralSecurityException {
    int encodedLength = encodedLength(pair);
    if (signature.length != encodedLength) {
      return false;
    }
    byte[] encoded = rsa(pair.getPublic(), Cipher.ENCRYPT_MODE, signature);
    byte[] hashed = Arrays.copyOfRange(encoded, encodedLength - length - 1, encodedLength - 1);
    byte[] block = masked(Arrays.copyOf(encoded, encodedLength - length - 1), hashed);
    byte[] salt = Arrays.copyOfRange(block, block.length - length, block.length);
    return MessageDigest.isEqual(encoded, encode(digest, salt, encodedLength));
  }

  private static int encodedLength(KeyPair pair) {
    return ((RSAPublicKey) pair.getPublic()).getModulus().bitLength() / 8;
  }

  private static byte[] rsa(Key key, int mode, byte[] block) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
    cipher.init(mode, key);
    return cipher.doFinal(block);
  }

  private byte[] encode(byte[] digest, byte[] salt, int encodedLength) {
    hash.update(new byte[8]);
    hash.update(digest);
    byte[] hashed = hash.digest(salt);
    byte[] block = new byte[encodedLength - length - 1];
    block[block.length - length - 1] = SEPARATOR;
    System.arraycopy(salt, 0, block, block.length - length, length);
    return ByteBuffer.allocate(encodedLength)
        .put(masked(block, hashed))
        .put(hashed)
        .put((byte) TRAILER)
        .array();
  }

  /**
   * Masks or unmasks. The highest bit is clear, since the block has to be less than the modulus.
   */
  private byte[] masked(byte[] block, byte[] seed) {
    byte[] masked = new byte[block.length];
    byte[] mask = new byte[0];
    for (int i = 0; i < block.length; i++) {
      if (i % length == 0) {
        hash.update(seed);
        mask = hash.digest(ByteBuffer.allocate(4).putInt(i / length).array());
      }
      masked[i] = (byte) (block[i] ^ mask[i % length]);
    }
    masked[0] &= 0x7f;
    return masked;
  }
}
