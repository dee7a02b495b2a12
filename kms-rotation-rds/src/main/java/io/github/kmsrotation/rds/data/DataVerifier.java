package io.github.kmsrotation.rds.data;

import io.github.kmsrotation.plan.Verification;

/**
 * Compares the data of two databases. A passed result means that what it names as evidence was the
 * same on both sides when each side was read; it does not mean that nothing was written afterwards,
 * nor that an application works with the replacement. Changes nothing. An exception stops the run.
 */
@FunctionalInterface
public interface DataVerifier {

  /**
   * Compares.
   *
   * @param original the DB instance that serves now
   * @param replacement the DB instance that is to take over
   * @return what was found
   */
  Verification verify(DatabaseEndpoint original, DatabaseEndpoint replacement);
}
