package io.github.kmsrotation.s3;

import java.util.Optional;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/**
 * A version of an object, as the list of versions tells of it.
 *
 * @param key the object's key
 * @param versionId its id, or {@code null} for the version from before versioning
 * @param isLatest whether it was the current one when it was listed
 * @param size in bytes
 */
record VersionRef(String key, String versionId, boolean isLatest, long size) {

  static VersionRef of(ObjectVersion version) {
    return new VersionRef(
        version.key(),
        version.versionId() == null ? "null" : version.versionId(),
        Boolean.TRUE.equals(version.isLatest()),
        version.size() == null ? 0 : version.size());
  }

  /**
   * What requests name. The one version of a bucket without versioning is named by its key alone,
   * which needs fewer permissions; were it overwritten meanwhile, what took its place is looked at
   * and moved in its stead, which is wanted, too.
   */
  Optional<String> requested() {
    return isLatest && versionId.equals("null") ? Optional.empty() : Optional.of(versionId);
  }
}
