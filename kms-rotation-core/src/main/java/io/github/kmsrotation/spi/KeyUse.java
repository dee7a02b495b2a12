package io.github.kmsrotation.spi;

import java.util.Objects;

/**
 * Something that still needs a KMS key.
 *
 * @param resource which, for example {@code DB snapshot orders-2025}
 * @param what what it has under the key, and what to do about it
 */
public record KeyUse(String resource, String what) {

  /** Checks for null. */
  public KeyUse {
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(what, "what");
  }
}
