package io.github.kmsrotation.testkit.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** What a test does to S3 that no request can do. */
final class Planting {

  private Planting() {}

  static void unencrypted(S3State state, String bucketName, String key, byte[] data) {
    Bucket bucket = state.bucket(bucketName);
    S3Version.Builder builder = new S3Version.Builder();
    ContentCipher cipher = ContentCipher.of(Encryption.Kind.NONE, new byte[0]);
    try (BlobWriter writer = new BlobWriter(state.blobs, cipher, data.length)) {
      writer.write(data, 0, data.length);
      builder.blobs = List.of(writer.finish());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    builder.digest = Digester.digest(Digester.md5(), data);
    bucket.add(key, builder.build(bucket.newVersionId(), state.now()));
  }

  static byte[] storedBytes(S3State state, String bucketName, String key) {
    S3Version version = state.version(state.bucket(bucketName), key, Optional.empty());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ContentCipher raw = ContentCipher.of(Encryption.Kind.NONE, new byte[0]);
    try {
      BlobReader.copy(version.blobs, raw, 0, version.size, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
