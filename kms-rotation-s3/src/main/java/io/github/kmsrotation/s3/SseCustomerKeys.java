package io.github.kmsrotation.s3;

import java.util.Optional;

/**
 * Finds the caller's keys for objects under customer-provided keys (SSE-C), so that those can be
 * rewritten under the KMS key. S3 keeps no such key; without it, an object cannot even be looked
 * at. Asked only for objects that S3 says need one, by several threads at once.
 */
@FunctionalInterface
public interface SseCustomerKeys {

  /**
   * The key of one version of an object. If this throws, the object stays as it is and is listed
   * with the name of the exception's class, and without its message, which might tell the key.
   *
   * @param bucket the bucket's name
   * @param objectKey the object's key
   * @param versionId the version, or {@code null} as text where the bucket has no versions
   * @return the key, or empty if it is not known: the object is listed and stays as it is
   */
  Optional<SseCustomerKey> find(String bucket, String objectKey, String versionId);
}
