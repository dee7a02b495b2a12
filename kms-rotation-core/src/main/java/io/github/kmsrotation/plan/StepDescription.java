package io.github.kmsrotation.plan;

import java.util.Collections;
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
 * @param calls the mutating AWS operations that it may send when the run goes forward, as IAM
 *     actions, for example {@code rds:CopyDBSnapshot}
 * @param undoCalls those that only rolling it back may send besides, for example {@code
 *     rds:DeleteDBSnapshot}
 * @param creates the resources that it makes, by name
 * @param undo what rolling it back means
 */
public record StepDescription(
    String id,
    String title,
    Phase phase,
    List<String> calls,
    List<String> undoCalls,
    List<String> creates,
    Undo undo) {

  /**
   * @throws IllegalArgumentException if the id is not in lower-case words joined by hyphens, if a
   *     step that is disruptive or irreversible stands before {@link Phase#CUTOVER}, if a call is
   *     named in both lists, or if a step that is never undone names calls for that
   */
  public StepDescription {
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(undo, "undo");
    calls = List.copyOf(calls);
    undoCalls = List.copyOf(undoCalls);
    creates = List.copyOf(creates);
    if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException("Not a step id: '" + id + "'");
    }
    if (undo.needsIrreversibleApproval() && phase.compareTo(Phase.CUTOVER) < 0) {
      throw new IllegalArgumentException(
          "Step '" + id + "' is " + undo + " and stands in " + phase + ", before CUTOVER");
    }
    boolean isUndone = undo == Undo.UNDOABLE || undo == Undo.DISRUPTIVE;
    if (!undoCalls.isEmpty() && !isUndone) {
      throw new IllegalArgumentException(
          "Step '" + id + "' is " + undo + ", so that undoing it cannot call " + undoCalls);
    }
    if (!Collections.disjoint(calls, undoCalls)) {
      throw new IllegalArgumentException(
          "Step '" + id + "' calls " + calls + " forward, so not only to undo: " + undoCalls);
    }
  }

  /**
   * A step whose undoing sends no call that it does not send forward, too.
   *
   * @param id the step's name within its plan
   * @param title one line for a person
   * @param phase where in the rotation it stands
   * @param calls the mutating AWS operations that it may send
   * @param creates the resources that it makes, by name
   * @param undo what rolling it back means
   * @throws IllegalArgumentException as for all components
   */
  public StepDescription(
      String id, String title, Phase phase, List<String> calls, List<String> creates, Undo undo) {
    this(id, title, phase, calls, List.of(), creates, undo);
  }
}
