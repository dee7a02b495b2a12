package io.github.kmsrotation.testkit.s3;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/** Reads and decrypts stored bytes. */
final class BlobReader {

  private static final int BUFFER = 64 * 1024;

  private BlobReader() {}

  /** Keeps stored bytes from being deleted while they are read. */
  static void hold(List<Blob> blobs) {
    blobs.forEach(blob -> blob.file().hold());
  }

  static void letGo(List<Blob> blobs) {
    blobs.forEach(blob -> blob.file().letGo());
  }

  /** Writes a range of an object, whose blobs come one after the other. */
  static void copy(List<Blob> blobs, ContentCipher cipher, long from, long length, OutputStream out)
      throws IOException {
    long start = from;
    long left = length;
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, length))];
    for (Blob blob : blobs) {
      if (start >= blob.length()) {
        start -= blob.length();
        continue;
      }
      long take = Math.min(left, blob.length() - start);
      if (take > 0) {
        copy(blob, cipher, start, take, out, buffer);
      }
      left -= take;
      start = 0;
    }
  }

  private static void copy(
      Blob blob, ContentCipher cipher, long from, long length, OutputStream out, byte[] buffer)
      throws IOException {
    try (StoreFile.Reading reading = blob.file().open()) {
      ContentCipher.Stream stream = cipher.at(blob.nonce(), from);
      boolean isAfterHole = false;
      long at = from;
      while (at < from + length) {
        long untilBlock = Blob.BLOCK - at % Blob.BLOCK;
        int take = (int) Math.min(Math.min(buffer.length, from + length - at), untilBlock);
        if (blob.isHole(at)) {
          Arrays.fill(buffer, 0, take, (byte) 0);
          isAfterHole = true;
        } else {
          if (isAfterHole) {
            stream.seek(at);
            isAfterHole = false;
          }
          reading.read(buffer, take, blob.offset() + at);
          stream.apply(buffer, take);
        }
        out.write(buffer, 0, take);
        at += take;
      }
    }
  }
}
