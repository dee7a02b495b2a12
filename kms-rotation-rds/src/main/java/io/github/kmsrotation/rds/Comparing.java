package io.github.kmsrotation.rds;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.rds.data.DataVerificationException;
import io.github.kmsrotation.rds.data.DataVerifier;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import java.util.List;
import java.util.function.Supplier;

/** Calls the caller's {@link DataVerifier}, which knows what failed but not where a run stands. */
final class Comparing {

  private Comparing() {}

  /**
   * @param state what a failure leaves things in, and what to do next
   */
  static Verification compare(
      DataVerifier verifier, DatabaseEndpoint original, DatabaseEndpoint other, String state) {
    return told(() -> verifier.verify(original, other), state);
  }

  /**
   * @param state as above
   */
  static List<Evidence> read(DataVerifier verifier, DatabaseEndpoint database, String state) {
    return told(() -> verifier.contentOf(database), state);
  }

  private static <T> T told(Supplier<T> call, String state) {
    try {
      return call.get();
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
