package io.github.kmsrotation.aws;

import io.github.kmsrotation.error.RotationException;

/**
 * AWS kept failing or throttling for as long as the call settings allow: nothing more was sent; try
 * again later.
 */
public final class AwsUnavailableException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public AwsUnavailableException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public AwsUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
