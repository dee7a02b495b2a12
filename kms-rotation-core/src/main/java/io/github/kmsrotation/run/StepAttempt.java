package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.UnknownOutcomeException;
import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One attempt at a step: counts between its looks how long it has waited and how many answers were
 * lost. Only time that went forward counts as waited for, so a clock that is put back delays no
 * timeout.
 */
final class StepAttempt {

  static final Duration AFTER_LOST_ANSWER = Duration.ofSeconds(5);
  private static final int MOST_LOST_ANSWERS = 10;

  private final RunBook book;
  private final Step step;
  private final Supplier<StepOutcome> look;
  private Duration waited = Duration.ZERO;
  private Instant lastLook = Instant.MAX;
  private String waitingFor = "";
  private int lostAnswers;

  StepAttempt(RunBook book, Step step, Supplier<StepOutcome> look) {
    this.book = book;
    this.step = step;
    this.look = look;
  }

  Step step() {
    return step;
  }

  /** Looks once. Empty if an answer was lost: look again after {@link #AFTER_LOST_ANSWER}. */
  Optional<StepOutcome> look() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    StepOutcome outcome;
    try {
      outcome = look.get();
    } catch (UnknownOutcomeException e) {
      if (++lostAnswers >= MOST_LOST_ANSWERS) {
        throw e;
      }
      return Optional.empty();
    }
    return Optional.of(outcome instanceof StepOutcome.Waiting waiting ? waiting(waiting) : outcome);
  }

  private StepOutcome waiting(StepOutcome.Waiting waiting) {
    Condition condition = waiting.condition();
    String what = condition.kind() + " " + condition.resource();
    Instant now = book.clock().instant();
    if (!what.equals(waitingFor)) {
      waitingFor = what;
      waited = Duration.ZERO;
      book.write(
          EntryType.STEP_WAITING,
          step.description().id(),
          Map.of("kind", condition.kind(), "resource", condition.resource()));
    } else if (now.isAfter(lastLook)) {
      waited = waited.plus(Duration.between(lastLook, now));
    }
    lastLook = now;
    return waited.compareTo(condition.timeout()) > 0 ? tooLong(condition) : waiting;
  }

  private static StepOutcome tooLong(Condition condition) {
    return StepOutcome.blocked(
        "Waited "
            + InWords.exactly(condition.timeout())
            + " for "
            + condition.kind()
            + " of '"
            + condition.resource()
            + "'; it still is: "
            + condition.seen()
            + ".",
        "Find out in AWS why it does not get there. Resume to wait once more, or roll back.");
  }
}
