package io.github.kmsrotation.testkit.s3;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;

/**
 * The checksum of an object or of a part.
 *
 * @param algorithm how it is computed
 * @param value the checksum
 * @param parts 0 if it is that of all bytes, else of how many parts' checksums it is
 */
@SuppressWarnings("ArrayRecordComponent") // there are as many as objects, and nobody compares them
record ObjectChecksum(ChecksumAlgorithm algorithm, byte[] value, int parts) {

  String text() {
    String base64 = Base64.getEncoder().encodeToString(value);
    return parts == 0 ? base64 : base64 + "-" + parts;
  }

  String type() {
    return parts == 0 ? "FULL_OBJECT" : "COMPOSITE";
  }

  static ObjectChecksum composite(ChecksumAlgorithm algorithm, List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    byte[] value = Digester.digest(Digester.of(algorithm), all.toByteArray());
    return new ObjectChecksum(algorithm, value, parts.size());
  }

  @Override
  public String toString() {
    return algorithm + " " + text();
  }
}
