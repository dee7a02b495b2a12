package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
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
  private final Approvals approvals;
  private final Listeners listeners;
  private final StepLoop loop;

  RunExecution(
      RunBook book,
      List<Step> steps,
      AwsCalls calls,
      Approvals approvals,
      Listeners listeners,
      Sleeper sleeper) {
    this.book = book;
    this.steps = List.copyOf(steps);
    this.calls = calls;
    this.approvals = approvals;
    this.listeners = listeners;
    this.loop = new StepLoop(book, sleeper);
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

  RotationReport forward() {
    return stoppable(
        () -> {
          for (Step step : steps) {
            if (book.state().status(step.description()) == StepStatus.DONE) {
              continue;
            }
            mayBegin(step.description().phase());
            advance(step);
          }
          book.write(EntryType.FINISHED, "", Map.of("status", RunStatus.SUCCEEDED.name()));
          return book.report(RunStatus.SUCCEEDED, "");
        });
  }

  RotationReport backward() {
    return stoppable(
        () -> {
          if (!book.state().isRollingBack()) {
            book.write(EntryType.ROLLBACK_STARTED, "", Map.of());
          }
          for (int i = steps.size() - 1; i >= 0; i--) {
            StepStatus status = book.state().status(steps.get(i).description());
            if (status == StepStatus.STARTED || status == StepStatus.DONE) {
              undo(steps.get(i));
            }
          }
          book.write(EntryType.FINISHED, "", Map.of("status", RunStatus.ROLLED_BACK.name()));
          return book.report(
              RunStatus.ROLLED_BACK, "Rolled back: what served before the run serves again.");
        });
  }

  private void advance(Step step) throws Stop, InterruptedException {
    StepDescription description = step.description();
    LOG.info("Run {}: {} {}", book.plan().runId(), description.phase(), description.title());
    book.write(EntryType.STEP_STARTED, description.id(), Map.of());
    listeners.tell(listener -> listener.onStepStarted(book.plan(), description));
    StepOutcome.Done done =
        finish(description, () -> step.advance(new RunContext(book, description, calls)));
    book.write(
        EntryType.STEP_DONE, description.id(), StepResults.write(done.facts(), done.evidence()));
    listeners.tell(listener -> listener.onStepDone(book.plan(), description, done));
  }

  private void undo(Step step) throws Stop, InterruptedException {
    StepDescription description = step.description();
    Map<String, String> left = Map.of();
    boolean changedNothing =
        description.undo() == Undo.NOTHING_TO_UNDO || description.undo() == Undo.IRREVERSIBLE;
    if (!changedNothing) {
      LOG.info("Run {}: undoing: {}", book.plan().runId(), description.title());
      left =
          finish(description, () -> step.undo(new RunContext(book, description, calls)))
              .facts()
              .values();
    }
    book.write(EntryType.STEP_UNDONE, description.id(), left);
    listeners.tell(listener -> listener.onStepUndone(book.plan(), description));
  }

  private StepOutcome.Done finish(StepDescription step, Supplier<StepOutcome> look)
      throws Stop, InterruptedException {
    StepOutcome outcome;
    try {
      outcome =
          loop.run(
              step,
              look,
              condition -> listeners.tell(l -> l.onStepWaiting(book.plan(), step, condition)));
    } catch (JournalUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new Stop(INTERRUPTED, e);
      }
      LOG.error("Run {}: step '{}' failed", book.plan().runId(), step.id(), e);
      book.write(EntryType.STEP_FAILED, step.id(), Map.of("error", e.getClass().getName()));
      throw new Stop("Step '" + step.id() + "' failed: " + inWords(e), e);
    }
    if (outcome instanceof StepOutcome.Blocked blocked) {
      book.write(EntryType.STEP_BLOCKED, step.id(), Map.of("reason", blocked.reason()));
      throw new Stop(
          RunStatus.BLOCKED,
          "Step '" + step.id() + "': " + blocked.reason() + " " + blocked.remedy());
    }
    return (StepOutcome.Done) outcome;
  }

  private void mayBegin(Phase phase) throws Stop {
    if (phase == Phase.RETIRE && !book.state().isVerified()) {
      throw new Stop(
          RunStatus.BLOCKED,
          "Nothing may be destroyed: no verifier has passed the replacement. The original is"
              + " untouched.");
    }
    boolean irreversible = book.state().needsIrreversibleApproval(phase);
    if (!(irreversible || approvals.isAskedFor(phase)) || book.state().isApproved(phase)) {
      return;
    }
    decide(phase, irreversible, ask(phase));
  }

  private Approval ask(Phase phase) throws Stop {
    RotationReport soFar = book.report(RunStatus.RUNNING, "");
    try {
      return approvals.ask(new ApprovalRequest(book.plan(), phase, soFar));
    } catch (RuntimeException e) {
      LOG.error("Run {}: the approver failed", book.plan().runId(), e);
      throw new Stop(
          "The approver failed when it was asked about "
              + phase
              + ", so nothing of that phase was begun: "
              + inWords(e)
              + ". Resume to ask again, or roll back.",
          e);
    }
  }

  private void decide(Phase phase, boolean irreversible, Approval answer) throws Stop {
    if (answer instanceof Approval.Irreversible accepted) {
      approve(phase, accepted.by());
    } else if (answer instanceof Approval.Granted granted && !irreversible) {
      approve(phase, granted.by());
    } else if (answer instanceof Approval.Granted) {
      throw new Stop(
          RunStatus.AWAITING_APPROVAL,
          phase
              + " holds what cannot be undone, so Approval.granted is not enough for it; it takes"
              + " Approval.iAcceptThatThisCannotBeUndone. Resume with an approver that gives it.");
    } else if (answer instanceof Approval.Denied denied) {
      book.write(
          EntryType.APPROVAL,
          "",
          Map.of(
              "phase", phase.name(),
              "answer", RunState.Answer.DENIED.name(),
              "reason", denied.reason()));
      throw new Stop(
          RunStatus.AWAITING_APPROVAL,
          phase + " was not approved: " + denied.reason() + ". Resume to ask again, or roll back.");
    } else {
      throw new Stop(
          RunStatus.AWAITING_APPROVAL,
          phase + " awaits an approval. Resume with an approver that gives it, or roll back.");
    }
  }

  private void approve(Phase phase, String by) {
    book.write(
        EntryType.APPROVAL,
        "",
        Map.of("phase", phase.name(), "answer", RunState.Answer.GRANTED.name(), "by", by));
  }

  private RotationReport stoppable(Work work) {
    RotationReport report;
    try {
      report = work.run();
    } catch (Stop stop) {
      report = stop.describe(book);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      report = book.report(RunStatus.FAILED, INTERRUPTED);
    }
    LOG.info("Run {} is {}: {}", report.runId(), report.status(), report.reason());
    RotationReport ended = report;
    listeners.tell(listener -> listener.onRunEnded(ended));
    return report;
  }

  /** Exceptions of this library say in words what happened; others are named, too. */
  private static String inWords(RuntimeException failure) {
    String name =
        failure instanceof RotationException || failure instanceof SdkException
            ? ""
            : failure.getClass().getName() + ": ";
    return name + failure.getMessage();
  }

  private interface Work {
    RotationReport run() throws Stop, InterruptedException;
  }

  private static final class Stop extends Exception {

    private static final long serialVersionUID = 1L;

    private final RunStatus status;
    private final Optional<RuntimeException> failure;

    Stop(RunStatus status, String reason) {
      super(reason);
      this.status = status;
      this.failure = Optional.empty();
    }

    Stop(String reason, RuntimeException failure) {
      super(reason, failure);
      this.status = RunStatus.FAILED;
      this.failure = Optional.of(failure);
    }

    RotationReport describe(RunBook book) {
      RotationReport report = book.report(status, String.valueOf(getMessage()));
      return new RotationReport(
          report.plan(),
          report.status(),
          report.reason(),
          report.steps(),
          report.startedAt(),
          report.endedAt(),
          failure);
    }
  }
}
