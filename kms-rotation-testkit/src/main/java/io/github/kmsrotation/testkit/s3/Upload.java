package io.github.kmsrotation.testkit.s3;

import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/** A multipart upload. Used under the lock, but for what is final. */
final class Upload {

  final String id;
  final String key;
  final Instant initiated;
  final S3Version.Builder object;
  final Sealer.Sealed sealed;
  final ChecksumAlgorithm algorithm;
  final boolean isComposite;
  final boolean isAlgorithmStated;
  final TreeMap<Integer, Part> parts = new TreeMap<>();

  /** A part that was uploaded. */
  @SuppressWarnings("ArrayRecordComponent") // compared with nothing
  record Part(
      int number, Blob blob, byte[] digest, Optional<ObjectChecksum> checksum, Instant modified) {
    @Override
    public String toString() {
      return "part " + number;
    }
  }

  Upload(
      String id,
      String key,
      Instant initiated,
      S3Version.Builder object,
      Sealer.Sealed sealed,
      MultipartChecksum checksum) {
    this.id = id;
    this.key = key;
    this.initiated = initiated;
    this.object = object;
    this.sealed = sealed;
    this.algorithm = checksum.algorithm();
    this.isComposite = checksum.isComposite();
    this.isAlgorithmStated = checksum.isStated();
  }

  void release() {
    parts.values().forEach(part -> part.blob().file().letGo());
    parts.clear();
  }
}
