package io.github.kmsrotation.plan;

import java.util.Objects;

/**
 * One thing that a verifier compared. Never a secret.
 *
 * @param subject what was compared, for example {@code table public.orders, rows}
 * @param expected the original's value
 * @param actual the replacement's value
 */
public record Evidence(String subject, String expected, String actual) {

  /** Checks for null. */
  public Evidence {
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(expected, "expected");
    Objects.requireNonNull(actual, "actual");
  }

  /**
   * Whether both sides are the same.
   *
   * @return true if so
   */
  public boolean matches() {
    return expected.equals(actual);
  }

  @Override
  public String toString() {
    return matches()
        ? subject + ": " + actual
        : subject + ": expected " + expected + ", found " + actual;
  }
}
