package io.github.kmsrotation.s3;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A version that a copy of it took the place of.
 *
 * @param key the object's key
 * @param former the version's id
 * @param copy the copy's version id
 */
record Superseded(String key, String former, String copy) {

  /**
   * Nothing where there are no versions, and where versions are suspended and one took its place.
   */
  static Optional<Superseded> of(String key, @Nullable String former, @Nullable String copy) {
    return former == null || copy == null || former.equals(copy)
        ? Optional.empty()
        : Optional.of(new Superseded(key, former, copy));
  }
}
