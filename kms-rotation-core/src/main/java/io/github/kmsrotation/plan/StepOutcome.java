package io.github.kmsrotation.plan;

import java.util.List;
import java.util.Objects;

/** What one look at the world led to. */
public sealed interface StepOutcome {

  /**
   * Everything that the step stands for is true in the world.
   *
   * @param facts what later steps and the report need to know
   * @param evidence what a verifier saw; empty for other steps
   */
  record Done(Facts facts, List<Evidence> evidence) implements StepOutcome {
    /** Copies the evidence. */
    public Done {
      Objects.requireNonNull(facts, "facts");
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * Something outside has to happen first.
   *
   * @param condition what is waited for
   */
  record Waiting(Condition condition) implements StepOutcome {
    /** Checks for null. */
    public Waiting {
      Objects.requireNonNull(condition, "condition");
    }
  }

  /**
   * The run cannot go on without somebody's help. Nothing was lost; once the cause is mended,
   * {@code resume} goes on from here, and until RETIRE {@code rollBack} works.
   *
   * @param reason what is the matter, with which resource
   * @param remedy what to do about it
   * @param evidence what was seen
   */
  record Blocked(String reason, String remedy, List<Evidence> evidence) implements StepOutcome {
    /** Copies the evidence. */
    public Blocked {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(remedy, "remedy");
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * The step is done.
   *
   * @param facts what it found or made
   * @return the outcome
   */
  static StepOutcome done(Facts facts) {
    return new Done(facts, List.of());
  }

  /**
   * The step is done and has nothing to tell.
   *
   * @return the outcome
   */
  static StepOutcome done() {
    return done(Facts.none());
  }

  /**
   * The step waits.
   *
   * @param condition what for
   * @return the outcome
   */
  static StepOutcome waiting(Condition condition) {
    return new Waiting(condition);
  }

  /**
   * The step needs help.
   *
   * @param reason what is the matter
   * @param remedy what to do about it
   * @return the outcome
   */
  static StepOutcome blocked(String reason, String remedy) {
    return new Blocked(reason, remedy, List.of());
  }
}
