package io.github.kmsrotation.testkit.s3;

import java.util.Optional;

/**
 * The checksum that an upload in parts is to have. What nobody states is CRC64NVME of the full
 * object; for an algorithm that has both types, the composite one.
 *
 * @param algorithm how it is computed
 * @param isComposite whether it is the checksum of the parts' checksums
 * @param isStated whether the request stated it
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html">CreateMultipartUpload</a>
 */
record MultipartChecksum(ChecksumAlgorithm algorithm, boolean isComposite, boolean isStated) {

  static MultipartChecksum of(S3Request request) {
    Optional<String> name = request.header("x-amz-checksum-algorithm");
    Optional<String> type = request.header("x-amz-checksum-type");
    if (name.isEmpty() && type.isPresent()) {
      throw S3Errors.invalidRequest(
          "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm"
              + " header.");
    }
    if (name.isEmpty()) {
      return new MultipartChecksum(ChecksumAlgorithm.CRC64NVME, false, false);
    }
    ChecksumAlgorithm algorithm = ChecksumAlgorithm.parse(name.get());
    return new MultipartChecksum(algorithm, isComposite(algorithm, type), true);
  }

  private static boolean isComposite(ChecksumAlgorithm algorithm, Optional<String> type) {
    if (type.isEmpty()) {
      return algorithm.isCompositeToo();
    }
    boolean isComposite =
        switch (type.get()) {
          case "COMPOSITE" -> true;
          case "FULL_OBJECT" -> false;
          default ->
              throw S3Errors.invalidRequest("Value for x-amz-checksum-type header is invalid.");
        };
    if (isComposite ? !algorithm.isCompositeToo() : !algorithm.isCrc()) {
      throw S3Errors.invalidRequest(
          "The "
              + type.get()
              + " checksum type cannot be used with the "
              + algorithm.name().toLowerCase(java.util.Locale.ROOT)
              + " checksum algorithm.");
    }
    return isComposite;
  }
}
