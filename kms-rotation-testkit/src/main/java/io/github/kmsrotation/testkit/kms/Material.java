package io.github.kmsrotation.testkit.kms;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Key material as all keys of a family share it.
 *
 * @param id 64 hexadecimal digits
 * @param secret the key itself
 * @param since when it became current
 * @param rotationType AUTOMATIC or ON_DEMAND; empty for the first one
 */
record Material(String id, Secret secret, Instant since, String rotationType) {

  static Material generate(String spec, Instant since, String rotationType) {
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    return new Material(sha256(seed), Secret.generate(spec), since, rotationType);
  }

  /**
   * The id of imported material: the same key and bytes always have the same id, as {@code
   * ImportKeyMaterial} documents. AWS does not tell its function; this is SHA-256 of both.
   */
  static String idOf(String keyId, byte[] bytes) {
    return sha256(keyId.getBytes(StandardCharsets.UTF_8), bytes);
  }

  Material rotatedIn(Instant at) {
    return new Material(id, secret, at, "ON_DEMAND");
  }

  private static String sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
