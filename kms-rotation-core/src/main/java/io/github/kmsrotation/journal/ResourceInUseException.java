package io.github.kmsrotation.journal;

import io.github.kmsrotation.error.RotationException;

/**
 * Another run, which has not come to its end, changes the same resource. Nothing was done: resume
 * or roll back that run, whose id the message tells, then resume this one.
 */
public final class ResourceInUseException extends RotationException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened, to which resource, and what to do next
   */
  public ResourceInUseException(String message) {
    super(message);
  }

  /**
   * The exception for a resource that another run has.
   *
   * @param run the run that cannot go on
   * @param resource what both change
   * @param holder the run that has it
   * @return an exception
   */
  public static ResourceInUseException of(String run, String resource, String holder) {
    return new ResourceInUseException(
        "Run "
            + run
            + " was not gone on with, since run "
            + holder
            + " of the same journal has claimed '"
            + resource
            + "' and has not come to its end. Resume that one, or roll it back, then resume this"
            + " one.");
  }
}
