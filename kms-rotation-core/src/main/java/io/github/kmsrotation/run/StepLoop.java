package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.UnknownOutcomeException;
import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at a step again and again until it is done or blocked: waits, and resolves lost answers.
 * Only time that went forward counts as waited for, so a clock that is put back delays no timeout.
 */
final class StepLoop {

  private static final int MOST_LOST_ANSWERS = 10;
  private static final Duration AFTER_LOST_ANSWER = Duration.ofSeconds(5);

  private final RunBook book;
  private final Sleeper sleeper;

  StepLoop(RunBook book, Sleeper sleeper) {
    this.book = book;
    this.sleeper = sleeper;
  }

  StepOutcome run(StepDescription step, Supplier<StepOutcome> look, Consumer<Condition> onWaiting)
      throws InterruptedException {
    Duration waited = Duration.ZERO;
    Instant lastLook = Instant.MAX;
    String waitingFor = "";
    int lostAnswers = 0;
    while (true) {
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
        sleeper.sleep(AFTER_LOST_ANSWER);
        continue;
      }
      if (!(outcome instanceof StepOutcome.Waiting waiting)) {
        return outcome;
      }
      Condition condition = waiting.condition();
      String what = condition.kind() + " " + condition.resource();
      Instant now = book.clock().instant();
      if (!what.equals(waitingFor)) {
        waitingFor = what;
        waited = Duration.ZERO;
        book.write(
            EntryType.STEP_WAITING,
            step.id(),
            Map.of("kind", condition.kind(), "resource", condition.resource()));
      } else if (now.isAfter(lastLook)) {
        waited = waited.plus(Duration.between(lastLook, now));
      }
      lastLook = now;
      if (waited.compareTo(condition.timeout()) > 0) {
        return tooLong(condition);
      }
      onWaiting.accept(condition);
      sleeper.sleep(condition.pollEvery());
    }
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
