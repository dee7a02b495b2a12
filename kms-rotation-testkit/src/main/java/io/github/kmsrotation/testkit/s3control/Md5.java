package io.github.kmsrotation.testkit.s3control;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

/** MD5 digests. */
final class Md5 {

  private Md5() {}

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(digest(bytes));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(digest(bytes));
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("MD5").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
