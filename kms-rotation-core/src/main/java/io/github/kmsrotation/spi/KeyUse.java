package io.github.kmsrotation.spi;

import io.github.kmsrotation.error.MissingPermissionException;
import java.util.Objects;

/**
 * Something that still needs a KMS key, or may need it as AWS denied the look at it.
 *
 * @param resource which, for example {@code DB snapshot orders-2025}
 * @param finding whether it needs the key
 * @param what what it has under the key, and what to do about it
 */
public record KeyUse(String resource, String finding, String what) {

  /** Checks for null. */
  public KeyUse {
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(finding, "finding");
    Objects.requireNonNull(what, "what");
  }

  /**
   * Something that needs the key.
   *
   * @param resource which, for example {@code DB snapshot orders-2025}
   * @param what what it has under the key, and what to do about it
   */
  public KeyUse(String resource, String what) {
    this(resource, "It needs the key.", what);
  }

  /**
   * What could not be looked at: it may need the key, so it stands in the way like what does, and
   * hides nothing else that was found.
   *
   * @param resources which, for example {@code DB snapshots}
   * @param denied says which permission is missing
   * @return the use
   */
  public static KeyUse unseen(String resources, MissingPermissionException denied) {
    return new KeyUse(
        resources,
        "Whether they need the key is not known.",
        Objects.toString(denied.getMessage(), ""));
  }
}
