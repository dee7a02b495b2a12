package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.error.RotationException;

/**
 * The data could not be compared, which says nothing about whether it is the same: mend what the
 * message names, such as the way to the database or the password, and resume.
 */
public final class DataVerificationException extends RotationException {

  private static final long serialVersionUID = 1L;

  DataVerificationException(String message) {
    super(message);
  }

  DataVerificationException(String message, Throwable cause) {
    super(message, cause);
  }
}
