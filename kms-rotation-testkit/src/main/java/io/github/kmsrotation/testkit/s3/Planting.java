package io.github.kmsrotation.testkit.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
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

  /** Zeros, all of them holes, so that neither time nor room is taken whatever the size. */
  static void zeros(S3State state, String bucketName, String key, long size) {
    Bucket bucket = state.bucket(bucketName);
    DefaultEncryption byDefault = bucket.encryption;
    if (!byDefault.kind().isKms()) {
      throw new IllegalArgumentException(
          "The default encryption of " + bucketName + " has to be under a KMS key");
    }
    S3Version.Builder builder = new S3Version.Builder();
    EncryptionWish wish =
        new EncryptionWish(
            byDefault.kind(),
            byDefault.keyId(),
            byDefault.isBucketKey(),
            Map.of(),
            Optional.empty(),
            false);
    builder.encryption = state.sealer.seal(wish, state.place(bucket, key)).encryption();
    BitSet holes = new BitSet();
    holes.set(0, (int) ((size + Blob.BLOCK - 1) / Blob.BLOCK));
    try {
      Blob place = state.blobs.append(new byte[0], 0, 0);
      builder.blobs = List.of(new Blob(place.file(), place.offset(), size, 0, holes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    builder.digest = NewObject.digest(byDefault.kind(), Optional.empty());
    builder.partsCount =
        size > PutOperation.MOST_AT_ONCE ? (int) (size / PutOperation.MOST_AT_ONCE) + 1 : 0;
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
