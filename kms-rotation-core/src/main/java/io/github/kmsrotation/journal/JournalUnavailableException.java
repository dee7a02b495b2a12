package io.github.kmsrotation.journal;

import io.github.kmsrotation.error.RotationException;

/** The journal could not be read or written, so nothing further was done. */
public final class JournalUnavailableException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public JournalUnavailableException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public JournalUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
