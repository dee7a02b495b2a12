package io.github.kmsrotation.journal;

import io.github.kmsrotation.error.RotationException;

/**
 * A journal was written by another format version: use the library version that the message names.
 */
public final class JournalVersionException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public JournalVersionException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public JournalVersionException(String message, Throwable cause) {
    super(message, cause);
  }
}
