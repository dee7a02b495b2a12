package io.github.kmsrotation.journal;

import io.github.kmsrotation.error.RotationException;

/**
 * Another process or thread owns this run at the moment: wait for its end. Or a plan was to be run
 * that was run before: resume that run, or make a new plan. Or this owner was cut off for so long
 * that another one has taken the run over: leave it to that one.
 */
public final class RunInUseException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public RunInUseException(String message) {
    super(message);
  }

  /**
   * @param message what happened, to which resource, and what to do next
   * @param cause the failure underneath
   */
  public RunInUseException(String message, Throwable cause) {
    super(message, cause);
  }
}
