package io.github.kmsrotation.plan;

import java.util.List;
import java.util.Objects;

/**
 * What a step will do, as data: the definition of a step, apart from its attempts and its
 * behaviour.
 *
 * @param id the step's name within its plan, stable across versions, for example {@code
 *     copy-snapshot}
 * @param title one line for a person
 * @param phase where in the rotation it stands
 * @param calls the mutating AWS operations that it may send, as IAM actions, for example {@code
 *     rds:CopyDBSnapshot}
 * @param creates the resources that it makes, by name
 * @param undo what rolling it back means
 */
public record StepDescription(
    String id, String title, Phase phase, List<String> calls, List<String> creates, Undo undo) {

  /**
   * @throws IllegalArgumentException if the id is not in lower-case words joined by hyphens, or if
   *     a step that is disruptive or irreversible stands before {@link Phase#CUTOVER}
   */
  public StepDescription {
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(undo, "undo");
    calls = List.copyOf(calls);
    creates = List.copyOf(creates);
    if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException("Not a step id: '" + id + "'");
    }
    if (undo.needsIrreversibleApproval() && phase.compareTo(Phase.CUTOVER) < 0) {
      throw new IllegalArgumentException(
          "Step '" + id + "' is " + undo + " and stands in " + phase + ", before CUTOVER");
    }
  }
}
