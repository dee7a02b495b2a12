package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.List;

/** The storage classes of general purpose buckets. */
enum StorageClass {
  STANDARD,
  REDUCED_REDUNDANCY,
  STANDARD_IA,
  ONEZONE_IA,
  INTELLIGENT_TIERING,
  GLACIER_IR,
  GLACIER,
  DEEP_ARCHIVE;

  private static final List<String> OTHERS =
      List.of("OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP");

  static StorageClass of(S3Request request) {
    String name = request.header("x-amz-storage-class").orElse("STANDARD");
    for (StorageClass storageClass : values()) {
      if (storageClass.name().equals(name)) {
        return storageClass;
      }
    }
    if (OTHERS.contains(name)) {
      throw AwsError.notModelled("the storage class " + name);
    }
    throw AwsError.badRequest(
        "InvalidStorageClass", "The storage class you specified is not valid");
  }

  /** Whether an object has to be restored before it can be read. */
  boolean isArchived() {
    return this == GLACIER || this == DEEP_ARCHIVE;
  }
}
