package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The checksum algorithms that are modelled. A multipart object has the full object's checksum or
 * one of its parts' checksums, of which not every algorithm has both.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">Checking
 *     object integrity</a>
 */
enum ChecksumAlgorithm {
  CRC32(4, 0xEDB88320L),
  CRC32C(4, 0x82F63B78L),
  CRC64NVME(8, Crc64Nvme.POLYNOMIAL),
  SHA1(20, 0),
  SHA256(32, 0);

  /** What AWS has and the embedded S3 has not. */
  static final List<String> NOT_MODELLED =
      List.of("SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128");

  private final int length;
  private final long polynomial;

  ChecksumAlgorithm(int length, long polynomial) {
    this.length = length;
    this.polynomial = polynomial;
  }

  static ChecksumAlgorithm parse(String name) {
    for (ChecksumAlgorithm algorithm : values()) {
      if (algorithm.name().equalsIgnoreCase(name)) {
        return algorithm;
      }
    }
    if (NOT_MODELLED.contains(name.toUpperCase(Locale.ROOT))) {
      throw AwsError.notModelled("the checksum algorithm " + name);
    }
    throw S3Errors.invalidRequest("Checksum algorithm provided is unsupported.");
  }

  String header() {
    return "x-amz-checksum-" + name().toLowerCase(Locale.ROOT);
  }

  String element() {
    return "Checksum" + name();
  }

  int length() {
    return length;
  }

  boolean isCrc() {
    return polynomial != 0;
  }

  boolean isCompositeToo() {
    return this != CRC64NVME;
  }

  /** The checksum of two parts that follow each other. */
  byte[] combine(byte[] first, byte[] second, long secondLength) {
    long combined =
        CrcCombination.combine(
            number(first), number(second), secondLength, polynomial, length * Byte.SIZE);
    return bytes(combined);
  }

  private long number(byte[] value) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    return length == Integer.BYTES ? buffer.getInt() & 0xffffffffL : buffer.getLong();
  }

  byte[] bytes(long value) {
    return length == Integer.BYTES
        ? ByteBuffer.allocate(length).putInt((int) value).array()
        : ByteBuffer.allocate(length).putLong(value).array();
  }

  Optional<String> sha() {
    return switch (this) {
      case SHA1 -> Optional.of("SHA-1");
      case SHA256 -> Optional.of("SHA-256");
      default -> Optional.empty();
    };
  }
}
