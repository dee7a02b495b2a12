package io.github.kmsrotation.fleet;

import io.github.kmsrotation.run.Approval;

/**
 * Asks somebody whether the next wave may begin. Called like the approvers of runs: on a thread of
 * its own, one question at a time, within {@link FleetRunner.Builder#approvalPatience}. An
 * exception is never taken for an answer: the wave is not begun.
 */
@FunctionalInterface
public interface WaveApprover {

  /**
   * Asks.
   *
   * @param request what about
   * @return the answer; both {@link Approval#granted} and {@link
   *     Approval#iAcceptThatThisCannotBeUndone} let the wave begin, and neither stands for the
   *     approval of a phase
   */
  Approval decide(WaveRequest request);
}
