package io.github.kmsrotation.rds;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.rds.data.DataVerificationException;
import io.github.kmsrotation.rds.data.DataVerifier;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;

/** Calls the caller's {@link DataVerifier}, which knows what failed but not where a run stands. */
final class Comparing {

  private Comparing() {}

  /**
   * @param state what a failure leaves things in, and what to do next
   */
  static Verification compare(
      DataVerifier verifier, DatabaseEndpoint original, DatabaseEndpoint other, String state) {
    try {
      return verifier.verify(original, other);
    } catch (RuntimeException e) {
      throw new DataVerificationException(
          "The data could not be compared. " + inWords(e) + " " + state, e);
    }
  }

  /** Exceptions of this library are sentences; others are named, too. */
  static String inWords(RuntimeException failure) {
    return failure instanceof RotationException
        ? String.valueOf(failure.getMessage())
        : failure.getClass().getName() + ": " + failure.getMessage() + ".";
  }
}
