package io.github.kmsrotation.plan;

/**
 * A stored plan was made by another version of this library and holds what this one does not know:
 * read it with the version that made it, or a newer one.
 */
public final class PlanVersionException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what the plan holds that is not known
   */
  public PlanVersionException(String message) {
    super(message);
  }
}
