package io.github.kmsrotation.plan;

import java.util.Objects;

/**
 * Something that planning found and a person should know: a problem that has to be mended before a
 * plan can be made, or a warning that the plan carries.
 *
 * @param resource what it is about
 * @param text what is the matter
 * @param remedy what to do about it; for a warning, what it means for the rotation
 */
public record Notice(String resource, String text, String remedy) {

  /** Checks for null. */
  public Notice {
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(remedy, "remedy");
  }

  @Override
  public String toString() {
    return resource + ": " + text + " " + remedy;
  }
}
