package io.github.kmsrotation.error;

/** A plan needs something from the caller, such as a hook, that was not given. */
public final class MissingOptionException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public MissingOptionException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public MissingOptionException(String message, Throwable cause) {
    super(message, cause);
  }
}
