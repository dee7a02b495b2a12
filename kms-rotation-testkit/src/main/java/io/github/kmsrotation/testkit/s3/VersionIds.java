package io.github.kmsrotation.testkit.s3;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Ids of versions. They mean nothing to callers; the embedded S3 knows which of two is older. */
final class VersionIds {

  private static final int DIGITS = 16;
  private static final AtomicLong NUMBERS = new AtomicLong();

  private VersionIds() {}

  static String next() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(ThreadLocalRandom.current().nextLong())
        + hex.toHexDigits(NUMBERS.incrementAndGet());
  }

  /** Whether a version is older than another; of the null version that is not known. */
  static boolean isOlder(String id, String than) {
    return id.length() != than.length() || number(id).compareTo(number(than)) < 0;
  }

  private static String number(String id) {
    return id.substring(Math.max(0, id.length() - DIGITS));
  }
}
