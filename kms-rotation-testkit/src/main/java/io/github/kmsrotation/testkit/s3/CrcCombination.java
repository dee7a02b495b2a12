package io.github.kmsrotation.testkit.s3;

/** The CRC of two byte sequences from the CRCs of each, as S3 makes that of a full object. */
final class CrcCombination {

  private CrcCombination() {}

  /**
   * The CRC of both.
   *
   * @param polynomial with its bits turned round
   * @param width 32 or 64
   */
  static long combine(long first, long second, long secondLength, long polynomial, int width) {
    long[] even = new long[width];
    long[] odd = new long[width];
    odd[0] = polynomial;
    for (int i = 1; i < width; i++) {
      odd[i] = 1L << (i - 1);
    }
    square(even, odd);
    square(odd, even);
    long crc = first;
    long left = secondLength;
    long[] next = even;
    long[] before = odd;
    while (left != 0) {
      square(next, before);
      if ((left & 1) != 0) {
        crc = times(next, crc);
      }
      left >>>= 1;
      long[] swap = next;
      next = before;
      before = swap;
    }
    return crc ^ second;
  }

  private static long times(long[] matrix, long vector) {
    long sum = 0;
    long left = vector;
    for (int i = 0; left != 0; i++) {
      if ((left & 1) != 0) {
        sum ^= matrix[i];
      }
      left >>>= 1;
    }
    return sum;
  }

  private static void square(long[] into, long[] matrix) {
    for (int i = 0; i < matrix.length; i++) {
      into[i] = times(matrix, matrix[i]);
    }
  }
}
