package io.github.kmsrotation.error;

/**
 * The AWS SDK found no Region or no credentials, so no call was sent: set them in the environment,
 * or give a client that has them.
 */
public final class ClientConfigurationException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public ClientConfigurationException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public ClientConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
