package io.github.kmsrotation.fleet;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks approvers on a thread of its own, one question at a time, since an approver may ask a person
 * and a worker that stands still would hold up other runs. An approver that does not answer in time
 * is interrupted and left behind; after {@value #MOST_LEFT_BEHIND} of them nobody is asked any
 * more, so that their number stays small. The time is the real one, whatever the fleet's clock
 * says: it is a person's. Safe for use by several threads.
 */
final class Questions implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Questions.class);
  private static final int MOST_LEFT_BEHIND = 3;

  private record Question(RunId about, Supplier<Approval> words) {}

  private final RunId fleet;
  private final Duration patience;
  private final Consumer<RunId> onAnswer;
  private final Deque<Question> waiting = new ArrayDeque<>();
  private final Map<RunId, Supplier<Approval>> answers = new HashMap<>();
  private Optional<Question> current = Optional.empty();
  private Optional<Thread> asking = Optional.empty();
  private long askedAtNanos;
  private int leftBehind;

  Questions(RunId fleet, Duration patience, Consumer<RunId> onAnswer) {
    this.fleet = fleet;
    this.patience = patience;
    this.onAnswer = onAnswer;
  }

  /**
   * The answer, which is given out once; empty if there is none yet, and then the question is asked
   * unless it was. Throws what the approver threw.
   */
  synchronized Optional<Approval> ask(RunId about, Supplier<Approval> words) {
    Optional<Supplier<Approval>> answer = Optional.ofNullable(answers.remove(about));
    if (answer.isPresent()) {
      return Optional.of(answer.get().get());
    }
    if (!isOpen(about)) {
      waiting.add(new Question(about, words));
      next();
    }
    return Optional.empty();
  }

  private boolean isOpen(RunId about) {
    return current.stream().anyMatch(question -> question.about().equals(about))
        || waiting.stream().anyMatch(question -> question.about().equals(about));
  }

  /** Whether a question was put whose answer was not given out. */
  synchronized boolean isPut(RunId about) {
    return answers.containsKey(about) || isOpen(about);
  }

  synchronized boolean isAnswered(RunId about) {
    return answers.containsKey(about);
  }

  /** How long the current question may still take; empty if nothing is asked. */
  synchronized Optional<Duration> patienceLeft() {
    return current.map(
        question -> patience.minus(Duration.ofNanos(System.nanoTime() - askedAtNanos)));
  }

  /** Gives up on an approver that took too long. */
  synchronized void expire() {
    if (current.isPresent() && patienceLeft().filter(left -> !left.isNegative()).isEmpty()) {
      LOG.warn("Fleet {}: the approver did not answer within {}", fleet, patience);
      leftBehind++;
      asking.ifPresent(Thread::interrupt);
      asking = Optional.empty();
      Question question = current.get();
      current = Optional.empty();
      answered(question, this::unanswered);
      next();
    }
  }

  private Approval unanswered() {
    return Approval.denied("the approver did not answer within " + InWords.exactly(patience));
  }

  private void next() {
    if (leftBehind >= MOST_LEFT_BEHIND) {
      while (!waiting.isEmpty()) {
        answered(waiting.remove(), this::unanswered);
      }
    } else if (current.isEmpty() && !waiting.isEmpty()) {
      begin(waiting.remove());
      Thread thread = new Thread(this::answerAll, "kms-rotation-approvals-" + fleet);
      thread.setDaemon(true);
      asking = Optional.of(thread);
      thread.start();
    }
  }

  private void begin(Question question) {
    current = Optional.of(question);
    askedAtNanos = System.nanoTime();
  }

  private void answered(Question question, Supplier<Approval> answer) {
    answers.put(question.about(), answer);
    onAnswer.accept(question.about());
  }

  private void answerAll() {
    Optional<Question> question = mine();
    while (question.isPresent()) {
      Supplier<Approval> answer = answerTo(question.get());
      question = settle(question.get(), answer);
    }
  }

  private synchronized Optional<Question> mine() {
    return asking.filter(thread -> thread == Thread.currentThread()).flatMap(thread -> current);
  }

  private static Supplier<Approval> answerTo(Question question) {
    try {
      Approval answer = Objects.requireNonNull(question.words().get(), "the approver's answer");
      return () -> answer;
    } catch (RuntimeException e) {
      return () -> {
        throw e;
      };
    } catch (Throwable e) {
      return () -> {
        throw new RotationException("The approver failed: " + e, e);
      };
    }
  }

  /** Takes the answer, unless it comes too late, and gives the thread its next question. */
  private synchronized Optional<Question> settle(Question question, Supplier<Approval> answer) {
    if (asking.filter(thread -> thread == Thread.currentThread()).isEmpty()) {
      return Optional.empty();
    }
    answered(question, answer);
    if (waiting.isEmpty()) {
      current = Optional.empty();
      asking = Optional.empty();
    } else {
      begin(waiting.remove());
    }
    return current;
  }

  /** Nobody wants an answer any more. */
  @Override
  public synchronized void close() {
    waiting.clear();
    current = Optional.empty();
    asking.ifPresent(Thread::interrupt);
    asking = Optional.empty();
  }
}
