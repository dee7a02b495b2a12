package io.github.kmsrotation.error;

/** No KMS key of that name is visible to the caller: mend the name, the Region or the account. */
public final class UnknownKeyException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public UnknownKeyException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public UnknownKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
