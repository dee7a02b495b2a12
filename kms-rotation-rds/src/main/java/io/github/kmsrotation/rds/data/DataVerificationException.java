package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.error.RotationException;

/**
 * The data could not be compared, which says nothing about whether it is the same: mend what the
 * message names, such as the way to the database or the password, and resume. A {@link
 * DataVerifier} of the caller's may throw it, too.
 */
public final class DataVerificationException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what failed, at which database, and what to do; no password and no data
   */
  public DataVerificationException(String message) {
    super(message);
  }

  /**
   * @param message what failed, at which database, and what to do; no password and no data
   * @param cause the failure underneath, whose message is logged, too
   */
  public DataVerificationException(String message, Throwable cause) {
    super(message, cause);
  }
}
