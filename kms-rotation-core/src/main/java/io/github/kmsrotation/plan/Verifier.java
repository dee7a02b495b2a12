package io.github.kmsrotation.plan;

/**
 * Compares a replacement with its original. A passed result means that what the verifier names as
 * evidence was the same on both sides when it looked; it does not mean that anything else is. A
 * verifier changes nothing, and its exceptions stop the run.
 */
@FunctionalInterface
public interface Verifier {

  /**
   * Compares.
   *
   * @param context read calls and the facts of earlier steps
   * @return what was found
   */
  Verification verify(StepContext context);
}
