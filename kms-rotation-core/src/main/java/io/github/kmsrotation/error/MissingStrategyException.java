package io.github.kmsrotation.error;

/**
 * The artifact that holds the strategy is not on the class path: add the one that the message
 * names.
 */
public final class MissingStrategyException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public MissingStrategyException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public MissingStrategyException(String message, Throwable cause) {
    super(message, cause);
  }
}
