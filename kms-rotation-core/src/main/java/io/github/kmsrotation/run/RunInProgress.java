package io.github.kmsrotation.run;

import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RotationPlan;
import java.util.Optional;

/**
 * A run that its caller advances, for callers who have something better to do than to wait: {@link
 * #tick} does what can be done now and says when to look again. This owns the run until it is
 * closed. Used by one thread at a time, not always the same one.
 */
public final class RunInProgress implements AutoCloseable {

  private final RotationPlan plan;
  private final Optional<RunExecution> execution;
  private final RunLog log;
  private final Runnable closer;
  private Optional<Tick.Ended> ended;

  private RunInProgress(
      RotationPlan plan,
      Optional<RunExecution> execution,
      RunLog log,
      Runnable closer,
      Optional<Tick.Ended> ended) {
    this.plan = plan;
    this.execution = execution;
    this.log = log;
    this.closer = closer;
    this.ended = ended;
  }

  static RunInProgress of(RotationPlan plan, RunExecution execution, RunLog log, Runnable closer) {
    return new RunInProgress(plan, Optional.of(execution), log, closer, Optional.empty());
  }

  static RunInProgress ended(RotationReport report, RunLog log) {
    return new RunInProgress(
        report.plan(), Optional.empty(), log, () -> {}, Optional.of(new Tick.Ended(report)));
  }

  /**
   * The plan that is executed.
   *
   * @return the plan, as it is stored in the journal
   */
  public RotationPlan plan() {
    return plan;
  }

  /**
   * Goes on until the run waits or ends. An interrupt ends it, resumable, as {@link
   * RunStatus#FAILED}, with the thread's interrupt status kept.
   *
   * @return how far it came; the same {@link Tick.Ended} again once it ended
   * @throws io.github.kmsrotation.journal.JournalUnavailableException if the journal cannot be
   *     written: close this, nothing further may be done
   */
  public Tick tick() {
    return execution.isEmpty() || ended.isPresent()
        ? ended.orElseThrow()
        : remember(execution.get().tick());
  }

  private Tick remember(Tick tick) {
    if (tick instanceof Tick.Ended end) {
      ended = Optional.of(end);
    }
    return tick;
  }

  RotationReport toTheEnd(Sleeper sleeper) {
    return ended.isPresent() ? ended.get().report() : execution.orElseThrow().toTheEnd(sleeper);
  }

  /** Gives the run back, ended or not, and closes the clients that were made for it. */
  @Override
  public void close() {
    try (log) {
      closer.run();
    }
  }
}
