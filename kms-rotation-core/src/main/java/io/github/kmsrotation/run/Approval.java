package io.github.kmsrotation.run;

import java.util.Objects;

/** What an approver answers. */
public sealed interface Approval {

  /**
   * Go on with something that can be undone. Not enough for {@code RETIRE}.
   *
   * @param by who said so, for the journal
   */
  record Granted(String by) implements Approval {
    /** Checks for null. */
    public Granted {
      Objects.requireNonNull(by, "by");
    }
  }

  /**
   * Go on, although what comes cannot be undone. Given only by {@link
   * Approval#iAcceptThatThisCannotBeUndone} and {@link
   * Approvals#approveEveryPhaseIncludingDeletion}, so that a search for those two names finds every
   * place in a code base that allows destruction.
   */
  final class Irreversible implements Approval {

    private final String by;

    private Irreversible(String by) {
      this.by = Objects.requireNonNull(by, "by");
    }

    /**
     * Who said so.
     *
     * @return a name for the journal
     */
    public String by() {
      return by;
    }
  }

  /**
   * Do not go on. The run stops and can be rolled back or resumed, which asks again.
   *
   * @param reason why, for the report
   */
  record Denied(String reason) implements Approval {
    /** Checks for null. */
    public Denied {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** No answer yet. The run stops in a state from which {@code resume} asks again. */
  record Later() implements Approval {}

  /**
   * Go on with something that can be undone.
   *
   * @param by who said so
   * @return the answer
   */
  static Approval granted(String by) {
    return new Granted(by);
  }

  /**
   * Go on, although what comes destroys the original for good.
   *
   * @param by who said so
   * @return the answer
   */
  static Approval iAcceptThatThisCannotBeUndone(String by) {
    return new Irreversible(by);
  }

  /**
   * Do not go on.
   *
   * @param reason why
   * @return the answer
   */
  static Approval denied(String reason) {
    return new Denied(reason);
  }

  /**
   * No answer yet.
   *
   * @return the answer
   */
  static Approval later() {
    return new Later();
  }
}
