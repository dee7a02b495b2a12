package io.github.kmsrotation.s3;

import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Which checksum an object has. S3's answers have a member for each algorithm, all of them named
 * alike.
 *
 * @param algorithm how it is computed
 * @param type over what, if S3 tells
 * @param value the checksum
 */
record PartChecksum(ChecksumAlgorithm algorithm, Optional<ChecksumType> type, String value) {

  /** The object's, if it has one that the caller may see. */
  static Optional<PartChecksum> of(HeadObjectResponse head) {
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.knownValues()) {
      Optional<String> value = value(head, algorithm);
      if (value.isPresent()) {
        return Optional.of(
            new PartChecksum(algorithm, Optional.ofNullable(head.checksumType()), value.get()));
      }
    }
    return Optional.empty();
  }

  boolean isComposite() {
    return type.filter(t -> t == ChecksumType.COMPOSITE).isPresent();
  }

  /** The checksum of this algorithm in something else, such as a part. */
  Optional<String> in(SdkPojo other) {
    return value(other, algorithm);
  }

  /** Puts a checksum of this algorithm into a builder. */
  void put(SdkPojo builder, String checksum) {
    builder.sdkFields().stream()
        .filter(field -> field.memberName().equals(member(algorithm)))
        .findFirst()
        .ifPresent(field -> field.set(builder, checksum));
  }

  private static Optional<String> value(SdkPojo any, ChecksumAlgorithm algorithm) {
    return any.sdkFields().stream()
        .filter(field -> field.memberName().equals(member(algorithm)))
        .map(field -> field.getValueOrDefault(any))
        .filter(Objects::nonNull)
        .map(Object::toString)
        .findFirst();
  }

  private static String member(ChecksumAlgorithm algorithm) {
    return "Checksum" + algorithm;
  }
}
