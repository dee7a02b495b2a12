package io.github.kmsrotation.error;

/** AWS denied a call: grant the permission that the message names, then go on. */
public final class MissingPermissionException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public MissingPermissionException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public MissingPermissionException(String message, Throwable cause) {
    super(message, cause);
  }
}
