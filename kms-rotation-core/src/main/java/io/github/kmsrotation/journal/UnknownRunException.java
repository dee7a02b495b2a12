package io.github.kmsrotation.journal;

import io.github.kmsrotation.error.RotationException;

/** The journal holds no run of that id. */
public final class UnknownRunException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public UnknownRunException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public UnknownRunException(String message, Throwable cause) {
    super(message, cause);
  }
}
