package io.github.kmsrotation.aws;

import io.github.kmsrotation.error.RotationException;

/**
 * A mutating call was sent and its answer was lost: whether it took effect is not known until AWS
 * is looked at.
 */
public final class UnknownOutcomeException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public UnknownOutcomeException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public UnknownOutcomeException(String message, Throwable cause) {
    super(message, cause);
  }
}
