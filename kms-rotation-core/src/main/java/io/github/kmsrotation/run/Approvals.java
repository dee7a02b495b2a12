package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Phase;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Which phases need somebody's word before they begin, and who is asked. {@link Phase#RETIRE}
 * always does, and so does a phase with a step that cannot be undone: where nobody can be asked
 * about it, the run stops there and waits. Immutable.
 */
public final class Approvals {

  private static final Approver NOBODY = request -> Approval.later();
  private static final Approver IN_ADVANCE =
      request -> Approval.iAcceptThatThisCannotBeUndone("approved in advance");

  private final Set<Phase> phases;
  private final Approver approver;

  private Approvals(Set<Phase> phases, Approver approver) {
    this.phases = EnumSet.copyOf(phases);
    this.approver = Objects.requireNonNull(approver, "approver");
  }

  /**
   * Asks before one phase. The other phases begin without asking, CUTOVER among them, except those
   * that hold what cannot be undone. RETIRE takes {@link Approval#iAcceptThatThisCannotBeUndone}.
   *
   * @param phase the phase
   * @param approver who is asked
   * @return the approvals
   */
  public static Approvals before(Phase phase, Approver approver) {
    return new Approvals(EnumSet.of(phase), approver);
  }

  /**
   * Asks before two phases; about the others see {@link #before(Phase, Approver)}.
   *
   * @param first a phase
   * @param second another
   * @param approver who is asked
   * @return the approvals
   */
  public static Approvals before(Phase first, Phase second, Approver approver) {
    return new Approvals(EnumSet.of(first, second), approver);
  }

  /**
   * The default: the run stops before {@link Phase#CUTOVER} and before {@link Phase#RETIRE}, and
   * goes on when it is resumed by a runner that has somebody to ask. It touches nothing that serves
   * traffic unless it was told to.
   *
   * @return the approvals
   */
  public static Approvals stopBeforeCutoverAndRetire() {
    return before(Phase.CUTOVER, Phase.RETIRE, NOBODY);
  }

  /**
   * Approves every phase in advance, so that nobody is asked: the cutover, what is disruptive or
   * cannot be undone, and in RETIRE the destruction of the original, of a KMS key too if the plan
   * retires one. For tests and for tools that have asked already.
   *
   * <p>It approves no more than that a phase begins. It does not stand for the consents that
   * options take, such as to do without a comparison of the data, and it does not make up for a
   * verification: RETIRE begins only after one that passed.
   *
   * @return the approvals
   */
  public static Approvals approveEveryPhaseIncludingDeletion() {
    return new Approvals(EnumSet.allOf(Phase.class), IN_ADVANCE);
  }

  /**
   * The same phases, and another way to ask: for example one that asks on a thread of its own.
   * Where nobody is asked, as by {@link #stopBeforeCutoverAndRetire} and {@link
   * #approveEveryPhaseIncludingDeletion}, all stays as it is.
   *
   * @param around makes the new approver of the one there is
   * @return the approvals
   */
  public Approvals asking(UnaryOperator<Approver> around) {
    return approver == NOBODY || approver == IN_ADVANCE
        ? this
        : new Approvals(phases, around.apply(approver));
  }

  boolean isAskedFor(Phase phase) {
    return phases.contains(phase);
  }

  Approval ask(ApprovalRequest request) {
    return phases.contains(request.phase())
        ? Objects.requireNonNull(approver.decide(request), "the approver's answer")
        : Approval.later();
  }
}
