package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsUnavailableException;
import io.github.kmsrotation.aws.UnknownOutcomeException;
import io.github.kmsrotation.error.ClientConfigurationException;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Progress;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.RunState.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/** Lends one step the calls to AWS and writes down what it does with them. */
final class RunContext implements StepContext {

  private final RunBook book;
  private final StepDescription step;
  private final AwsCalls calls;
  private final Listeners listeners;

  RunContext(RunBook book, StepDescription step, AwsCalls calls, Listeners listeners) {
    this.book = book;
    this.step = step;
    this.calls = calls;
    this.listeners = listeners;
  }

  @Override
  public RunId runId() {
    return book.plan().runId();
  }

  @Override
  public Clock clock() {
    return book.clock();
  }

  @Override
  public Facts factsOf(String stepId) {
    return book.state().facts(stepId);
  }

  @Override
  public boolean hasBegun(String stepId) {
    return book.state().hasBegun(stepId);
  }

  @Override
  public Instant begunAt() {
    return book.state().begunAt(step.id(), book.clock().instant());
  }

  @Override
  public int timesSent(String operation, String resource) {
    return book.state().timesSent(step.id(), operation, resource);
  }

  @Override
  public Optional<Instant> lastSent(String operation, String resource) {
    return book.state().lastSent(step.id(), operation, resource, book.clock().instant());
  }

  @Override
  public void checkpoint(Facts progress) {
    book.write(EntryType.STEP_CHECKPOINT, step.id(), progress.values());
  }

  @Override
  public Facts lastCheckpoint() {
    return book.state().checkpoint(step.id());
  }

  @Override
  public void progress(Progress progress) {
    listeners.tell(listener -> listener.onStepProgress(book.plan(), step, progress));
  }

  @Override
  public <T> T read(String operation, Supplier<T> call) {
    return calls.read(operation, call);
  }

  @Override
  public <T> T mutate(String operation, String resource, Supplier<T> call) {
    boolean isUndoing = book.state().isRollingBack();
    if (!step.calls().contains(operation) && !(isUndoing && step.undoCalls().contains(operation))) {
      throw new IllegalStateException(
          "Step '"
              + step.id()
              + "' may not call "
              + operation
              + "; its plan names "
              + step.calls()
              + " and, to undo it only, "
              + step.undoCalls());
    }
    book.write(EntryType.INTENT, step.id(), Map.of("operation", operation, "resource", resource));
    try {
      T answer = calls.mutate(operation, call);
      outcome(operation, resource, Outcome.OK, "");
      return answer;
    } catch (UnknownOutcomeException e) {
      outcome(operation, resource, Outcome.UNKNOWN, e.getClass().getSimpleName());
      throw e;
    } catch (SdkException
        | AwsUnavailableException
        | MissingPermissionException
        | ClientConfigurationException e) {
      String code = AwsFailure.errorCode(e);
      outcome(
          operation,
          resource,
          Outcome.REFUSED,
          code.isEmpty() ? e.getClass().getSimpleName() : code);
      throw e;
    } catch (RuntimeException e) {
      outcome(operation, resource, Outcome.UNKNOWN, e.getClass().getSimpleName());
      throw e;
    }
  }

  private void outcome(String operation, String resource, Outcome outcome, String error) {
    book.write(
        EntryType.OUTCOME,
        step.id(),
        Map.of(
            "operation", operation,
            "resource", resource,
            "outcome", outcome.name(),
            "error", error));
  }
}
