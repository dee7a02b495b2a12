package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.aws.AwsUnavailableException;
import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/** Executes one run: the only template, forwards and backwards. Used by one thread. */
final class RunExecution {

  private static final Logger LOG = LoggerFactory.getLogger(RotationRunner.class);
  private static final String INTERRUPTED = "The thread was interrupted. Resume to go on.";

  private final RunBook book;
  private final List<Step> steps;
  private final AwsCalls calls;
  private final PhaseApproval phases;
  private final Listeners listeners;
  private final StepGate gate;
  private final boolean back;
  private Optional<StepAttempt> attempt = Optional.empty();

  RunExecution(
      RunBook book,
      List<Step> steps,
      AwsCalls calls,
      Approvals approvals,
      Listeners listeners,
      StepGate gate,
      boolean back) {
    this.book = book;
    this.steps = List.copyOf(steps);
    this.calls = calls;
    this.phases = new PhaseApproval(book, approvals);
    this.listeners = listeners;
    this.gate = gate;
    this.back = back;
    checkSteps();
  }

  private void checkSteps() {
    List<StepDescription> bound = steps.stream().map(Step::description).toList();
    if (!bound.equals(book.plan().steps())) {
      throw new RotationException(
          "The strategy's steps are not those of the stored plan of run "
              + book.plan().runId()
              + ". Use the version of kms-rotation that made the plan.");
    }
  }

  /** Goes on until the run would wait, or stops. Not to be called again after the end. */
  Tick tick() {
    return stoppable(this::untilItWaits);
  }

  /** Goes on to the end and waits on the calling thread. */
  RotationReport toTheEnd(Sleeper sleeper) {
    Tick tick =
        stoppable(
            () -> {
              Tick reached = untilItWaits();
              while (!(reached instanceof Tick.Ended)) {
                sleep(sleeper, reached);
                reached = untilItWaits();
              }
              return reached;
            });
    return ((Tick.Ended) tick).report();
  }

  private void sleep(Sleeper sleeper, Tick tick) throws Stop, InterruptedException {
    if (tick instanceof Tick.Held held) {
      sleeper.sleep(held.pause());
    } else if (tick instanceof Tick.Waiting waiting) {
      try {
        sleeper.sleep(waiting.pause());
      } catch (RuntimeException e) {
        throw failed(waiting.step(), e);
      }
    }
  }

  private Tick untilItWaits() throws Stop, InterruptedException {
    if (back && !book.state().isRollingBack()) {
      book.write(EntryType.ROLLBACK_STARTED, "", Map.of());
    }
    while (true) {
      if (attempt.isEmpty()) {
        Optional<Step> next = next();
        if (next.isEmpty()) {
          return new Tick.Ended(finish());
        }
        Optional<Tick> held = back ? beginUndoing(next.get()) : begin(next.get());
        if (held.isPresent()) {
          return held.get();
        }
      }
      if (attempt.isPresent()) {
        Optional<Tick> waiting = look(attempt.get());
        if (waiting.isPresent()) {
          return waiting.get();
        }
        attempt = Optional.empty();
      }
    }
  }

  private Optional<Step> next() {
    return back
        ? steps.stream().filter(step -> isBegun(step.description())).reduce((one, next) -> next)
        : steps.stream().filter(step -> status(step.description()) != StepStatus.DONE).findFirst();
  }

  private StepStatus status(StepDescription step) {
    return book.state().status(step);
  }

  private boolean isBegun(StepDescription step) {
    return status(step) == StepStatus.STARTED || status(step) == StepStatus.DONE;
  }

  private RotationReport finish() {
    RunStatus end = back ? RunStatus.ROLLED_BACK : RunStatus.SUCCEEDED;
    book.finish(end);
    return book.report(
        end, back ? "Rolled back: what served before the run serves again." + kept() : "");
  }

  private String kept() {
    List<String> kept =
        book.plan().steps().stream()
            .map(step -> book.state().facts(step.id()).find(Facts.KEPT))
            .flatMap(Optional::stream)
            .toList();
    return kept.isEmpty() ? "" : " Kept: " + String.join("; ", kept) + ".";
  }

  private Optional<Tick> begin(Step step) throws Stop {
    StepDescription description = step.description();
    phases.mayBegin(description.phase());
    Optional<Tick> held = held(description);
    if (held.isEmpty()) {
      LOG.info("{}: {} {}", book.name(), description.phase(), description.title());
      book.write(EntryType.STEP_STARTED, description.id(), Map.of());
      listeners.tell(listener -> listener.onStepStarted(book.plan(), description));
      attempt = Optional.of(new StepAttempt(book, step, () -> step.advance(context(description))));
    }
    return held;
  }

  private Optional<Tick> held(StepDescription step) throws Stop {
    boolean cutoverBegun =
        step.phase() == Phase.CUTOVER
            && book.plan().steps().stream()
                .anyMatch(other -> other.phase() == Phase.CUTOVER && isBegun(other));
    if (cutoverBegun) {
      return Optional.empty();
    }
    try {
      return gate.holds(book.plan(), step).map(pause -> new Tick.Held(step, pause));
    } catch (RuntimeException e) {
      throw failed(step, e);
    }
  }

  private Optional<Tick> beginUndoing(Step step) {
    StepDescription description = step.description();
    boolean changedNothing =
        description.undo() == Undo.NOTHING_TO_UNDO || description.undo() == Undo.IRREVERSIBLE;
    if (changedNothing) {
      undone(description, Map.of());
    } else {
      LOG.info("{}: undoing: {}", book.name(), description.title());
      attempt = Optional.of(new StepAttempt(book, step, () -> step.undo(context(description))));
    }
    return Optional.empty();
  }

  private RunContext context(StepDescription step) {
    return new RunContext(book, step, calls, listeners);
  }

  private Optional<Tick> look(StepAttempt current) throws Stop, InterruptedException {
    StepDescription step = current.step().description();
    Optional<StepOutcome> outcome;
    try {
      outcome = current.look();
    } catch (JournalUnavailableException | RunInUseException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failed(step, e);
    }
    if (outcome.isEmpty()) {
      return Optional.of(new Tick.Waiting(step, Optional.empty(), StepAttempt.AFTER_LOST_ANSWER));
    }
    if (outcome.get() instanceof StepOutcome.Waiting waiting) {
      return Optional.of(waits(step, waiting.condition()));
    }
    if (outcome.get() instanceof StepOutcome.Blocked blocked) {
      throw blocked(step, blocked);
    }
    ended(step, (StepOutcome.Done) outcome.get());
    return Optional.empty();
  }

  private Tick waits(StepDescription step, Condition condition) {
    listeners.tell(listener -> listener.onStepWaiting(book.plan(), step, condition));
    return new Tick.Waiting(step, Optional.of(condition), condition.pollEvery());
  }

  private void ended(StepDescription step, StepOutcome.Done done) {
    if (back) {
      undone(step, done.facts().values());
      return;
    }
    book.write(EntryType.STEP_DONE, step.id(), StepResults.write(done.facts(), done.evidence()));
    listeners.tell(listener -> listener.onStepDone(book.plan(), step, done));
  }

  private void undone(StepDescription step, Map<String, String> left) {
    book.write(EntryType.STEP_UNDONE, step.id(), left);
    listeners.tell(listener -> listener.onStepUndone(book.plan(), step));
  }

  private Stop failed(StepDescription step, RuntimeException e) {
    if (Thread.currentThread().isInterrupted()) {
      return new Stop(INTERRUPTED, e);
    }
    LOG.error("{}: step '{}' failed", book.name(), step.id(), e);
    book.write(EntryType.STEP_FAILED, step.id(), storable(e));
    return new Stop("Step '" + step.id() + "' failed: " + Stop.inWords(e), e);
  }

  /** What AWS said is no secret. What callers' code and databases say may hold one. */
  private static Map<String, String> storable(RuntimeException e) {
    boolean isOfAws = e instanceof AwsUnavailableException || e.getCause() instanceof SdkException;
    return e instanceof RotationException && isOfAws
        ? Map.of("error", e.getClass().getName(), "message", String.valueOf(e.getMessage()))
        : Map.of("error", e.getClass().getName());
  }

  private Stop blocked(StepDescription step, StepOutcome.Blocked blocked) {
    book.write(
        EntryType.STEP_BLOCKED,
        step.id(),
        Map.of("reason", blocked.reason(), "remedy", blocked.remedy()));
    return new Stop(
        RunStatus.BLOCKED,
        "Step '" + step.id() + "': " + blocked.reason() + " " + blocked.remedy());
  }

  private Tick stoppable(Work work) {
    Tick tick;
    try {
      tick = work.run();
    } catch (Stop stop) {
      tick = new Tick.Ended(stop.describe(book));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      tick = new Tick.Ended(book.report(RunStatus.FAILED, WayOn.after(INTERRUPTED, book)));
    }
    if (tick instanceof Tick.Ended ended) {
      RotationReport report = ended.report();
      String why = report.reason().isEmpty() ? "" : ": " + report.reason();
      LOG.info("{} is {}{}", book.name(), report.status(), why);
      listeners.tell(listener -> listener.onRunEnded(report));
    }
    return tick;
  }

  private interface Work {
    Tick run() throws Stop, InterruptedException;
  }
}
