package io.github.kmsrotation.error;

/**
 * AWS answered something that the library does not know; the run stops with the facts so far
 * instead of guessing.
 */
public final class UnexpectedAnswerException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public UnexpectedAnswerException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public UnexpectedAnswerException(String message, Throwable cause) {
    super(message, cause);
  }
}
