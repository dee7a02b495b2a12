package io.github.kmsrotation.plan;

import io.github.kmsrotation.aws.AwsReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the runner lends to a step while it advances. All calls to AWS go through it, so that reads
 * are retried and mutating calls are journaled before and after.
 */
public interface StepContext extends AwsReader {

  /**
   * The run that the step belongs to.
   *
   * @return the run id
   */
  RunId runId();

  /**
   * The time as the runner sees it.
   *
   * @return a clock
   */
  Clock clock();

  /**
   * The facts of a step that is done.
   *
   * @param stepId an earlier step of the same plan
   * @return its facts; empty facts if it is not done
   */
  Facts factsOf(String stepId);

  /**
   * Whether a step was begun, even if it was rolled back since.
   *
   * @param stepId a step of the same plan
   * @return false if it was never begun
   */
  boolean hasBegun(String stepId);

  /**
   * When this step was begun, over all processes that ran it; if it was {@link StepOutcome.Blocked}
   * since, when it was begun again after that. A time that a step measures from here goes on when
   * the run is resumed. Never later than {@link #clock}'s time: if the clock was put back since,
   * the time of the first look afterwards stands for it.
   *
   * @return a time
   */
  Instant begunAt();

  /**
   * How often this step has sent a mutating operation that AWS did not refuse, in this direction
   * (forward or undo), over all processes that ran it.
   *
   * @param operation the IAM action, for example {@code rds:ModifyDBInstance}
   * @param resource the resource it was sent for
   * @return the number of intents in the journal that have no refusal after them
   */
  int timesSent(String operation, String resource);

  /**
   * When this step last sent a mutating operation that AWS has not refused, forward or undo, over
   * all processes that ran it. AWS shows the effect of a call later than it answers: a step that
   * does not see it yet waits for a while from this moment before it sends the call again, or
   * before it takes what it may have made for absent. Never later than {@link #clock}'s time: if
   * the clock was put back since, the time of the first look afterwards stands for it, so that no
   * step waits for as long as the clock was wrong.
   *
   * @param operation the IAM action
   * @param resource the resource it was sent for
   * @return the time of the intent; empty if it was never sent, or refused since
   */
  Optional<Instant> lastSent(String operation, String resource);

  /**
   * Whether this step sent a mutating operation so lately that AWS may not show its effect yet.
   *
   * @param operation the IAM action
   * @param resource the resource it was sent for
   * @param within how long AWS may take to show it
   * @return true if {@link #lastSent} is less than that ago
   */
  default boolean wasSentWithin(String operation, String resource, Duration within) {
    return lastSent(operation, resource)
        .filter(sent -> clock().instant().isBefore(sent.plus(within)))
        .isPresent();
  }

  /**
   * Notes how far this step is, forced to the journal. For a step that does the same thing to more
   * things than a journal should tell of one by one: called in another process, it goes on from
   * here. It is the step's own affair that going on from an older note is harmless.
   *
   * @param progress all that going on needs; takes the place of the former note
   */
  void checkpoint(Facts progress);

  /**
   * What this step last noted, in this direction, over all processes that ran it.
   *
   * @return the note; empty facts if there is none
   */
  Facts lastCheckpoint();

  /**
   * Tells listeners how far this step is. It is not stored; what going on needs is a {@link
   * #checkpoint}.
   *
   * @param progress how far
   */
  void progress(Progress progress);

  /**
   * Makes a call that changes something: the intent is forced to the journal first, the outcome
   * after. It is retried only when AWS says that it did not run (throttling). If the answer is
   * lost, the runner calls the step again, which looks at AWS before anything else.
   *
   * @param <T> the answer's type
   * @param operation the IAM action, for example {@code rds:CreateDBSnapshot}
   * @param resource the name of the resource that is made or changed
   * @param call the call
   * @return the answer
   */
  <T> T mutate(String operation, String resource, Supplier<T> call);
}
