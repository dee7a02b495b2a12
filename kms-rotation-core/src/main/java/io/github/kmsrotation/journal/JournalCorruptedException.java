package io.github.kmsrotation.journal;

import io.github.kmsrotation.error.RotationException;

/**
 * A stored journal is damaged other than by a torn last line: restore the file, or look at AWS by
 * hand.
 */
public final class JournalCorruptedException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public JournalCorruptedException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public JournalCorruptedException(String message, Throwable cause) {
    super(message, cause);
  }
}
