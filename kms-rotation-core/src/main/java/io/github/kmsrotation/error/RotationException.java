package io.github.kmsrotation.error;

/**
 * The root of every exception that this library throws on purpose. Each subclass stands for one
 * thing that a caller can do about it. Messages say what happened, to which resource, what was left
 * in which state, and what to do next; they never hold passwords, key material or credentials.
 */
public class RotationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public RotationException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public RotationException(String message, Throwable cause) {
    super(message, cause);
  }
}
