package io.github.kmsrotation.plan;

import io.github.kmsrotation.error.RotationException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * No plan can be made. Holds every problem that was found, not only the first; nothing was changed
 * in AWS. Mend them all and plan again.
 */
public final class PlanningException extends RotationException {

  private static final long serialVersionUID = 1L;

  private final transient List<Notice> problems;

  /**
   * @param what what was to be rotated
   * @param problems every problem found, at least one
   */
  public PlanningException(String what, List<Notice> problems) {
    super(
        "Cannot plan the rotation of "
            + what
            + ". Nothing was changed. To mend:"
            + problems.stream().map(p -> "\n  - " + p).collect(Collectors.joining()));
    this.problems = List.copyOf(problems);
  }

  /**
   * The problems.
   *
   * @return every problem found, in the order of finding
   */
  public List<Notice> problems() {
    return problems;
  }
}
