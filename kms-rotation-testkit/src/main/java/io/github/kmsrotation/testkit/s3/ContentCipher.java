package io.github.kmsrotation.testkit.s3;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * How the bytes of an object are encrypted: not at all, under its data key, or in two layers.
 * AES-256 in counter mode, so that any range can be read; what Amazon S3 uses inside cannot be
 * seen.
 */
final class ContentCipher {

  private static final int AES_BLOCK = 16;

  private final List<byte[]> keys;

  private ContentCipher(List<byte[]> keys) {
    this.keys = keys;
  }

  static ContentCipher of(Encryption.Kind kind, byte[] dataKey) {
    return switch (kind) {
      case NONE -> new ContentCipher(List.of());
      case SSE_S3, SSE_KMS, SSE_C -> new ContentCipher(List.of(dataKey));
      case DSSE_KMS ->
          new ContentCipher(
              List.of(dataKey, hmac(dataKey, "second layer".getBytes(StandardCharsets.UTF_8))));
    };
  }

  static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Encrypts or decrypts from a position on. */
  Stream at(long nonce, long position) {
    return new Stream(nonce, position);
  }

  /** Bytes in order; not safe for use by several threads. */
  final class Stream {

    private final long nonce;
    private List<Cipher> ciphers = List.of();

    private Stream(long nonce, long position) {
      this.nonce = nonce;
      seek(position);
    }

    void seek(long position) {
      List<Cipher> layers = new ArrayList<>(keys.size());
      for (byte[] key : keys) {
        layers.add(cipher(key, position));
      }
      ciphers = layers;
    }

    private Cipher cipher(byte[] key, long position) {
      try {
        Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        byte[] counter =
            ByteBuffer.allocate(AES_BLOCK).putLong(nonce).putLong(position / AES_BLOCK).array();
        cipher.init(
            Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
        cipher.update(new byte[(int) (position % AES_BLOCK)]);
        return cipher;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    void apply(byte[] bytes, int length) {
      try {
        for (Cipher cipher : ciphers) {
          cipher.update(bytes, 0, length, bytes, 0);
        }
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
