package io.github.kmsrotation.run;

/**
 * Asks somebody. Called on the runner's thread, once per phase that needs an approval and again on
 * every resume until it is given. An exception stops the run as {@link RunStatus#FAILED} and stands
 * in the report's {@link RotationReport#failure}; it is never taken for an answer.
 */
@FunctionalInterface
public interface Approver {

  /**
   * Asks.
   *
   * @param request what about
   * @return the answer
   */
  Approval decide(ApprovalRequest request);
}
