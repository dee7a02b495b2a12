package io.github.kmsrotation.testkit.s3;

import java.util.zip.Checksum;

/**
 * CRC-64/NVME, eight bytes at a time.
 *
 * @see <a href="https://reveng.sourceforge.io/crc-catalogue/17plus.htm">Catalogue of parametrised
 *     CRC algorithms</a>
 */
final class Crc64Nvme implements Checksum {

  /** The polynomial with its bits turned round. */
  static final long POLYNOMIAL = 0x9a6c9329ac4bc9b5L;

  private static final int SLICES = 8;
  private static final long[][] TABLES = tables();

  private long crc = ~0L;

  private static long[][] tables() {
    long[][] tables = new long[SLICES][256];
    for (int i = 0; i < 256; i++) {
      long value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
      }
      tables[0][i] = value;
    }
    for (int slice = 1; slice < SLICES; slice++) {
      for (int i = 0; i < 256; i++) {
        long before = tables[slice - 1][i];
        tables[slice][i] = (before >>> 8) ^ tables[0][(int) (before & 0xff)];
      }
    }
    return tables;
  }

  @Override
  public void update(int b) {
    crc = (crc >>> 8) ^ TABLES[0][(int) ((crc ^ b) & 0xff)];
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    long value = crc;
    while (end - at >= SLICES) {
      for (int i = 0; i < SLICES; i++) {
        value ^= (bytes[at + i] & 0xffL) << (8 * i);
      }
      long next = 0;
      for (int i = 0; i < SLICES; i++) {
        next ^= TABLES[SLICES - 1 - i][(int) ((value >>> (8 * i)) & 0xff)];
      }
      value = next;
      at += SLICES;
    }
    for (; at < end; at++) {
      value = (value >>> 8) ^ TABLES[0][(int) ((value ^ bytes[at]) & 0xff)];
    }
    crc = value;
  }

  @Override
  public long getValue() {
    return ~crc;
  }

  @Override
  public void reset() {
    crc = ~0L;
  }
}
