package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.RotationStrategy.BoundSteps;
import io.github.kmsrotation.spi.Strategies;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs plans, step by step, so that a crash at any point loses nothing. The calling thread does the
 * work and returns when the run is complete or has to stop; an interrupt stops it as {@link
 * RunStatus#FAILED}, resumable, with the thread's interrupt status kept. Immutable; safe for use by
 * several threads, each with a run of its own. Its runs share the rate limit and the circuit of the
 * call settings: use a runner per Region and account if they are not to. Defaults:
 *
 * <ul>
 *   <li>{@link Approvals#stopBeforeCutoverAndRetire}
 *   <li>{@link AwsCallSettings#ofDefaults}
 *   <li>no listener, the system's clock
 * </ul>
 */
public final class RotationRunner {

  private final Journal journal;
  private final Approvals approvals;
  private final Listeners listeners;
  private final AwsCalls calls;
  private final Clock clock;
  private final Sleeper sleeper;
  private final Map<String, StrategyOptions<?>> options;

  private RotationRunner(Builder builder) {
    this.journal =
        builder.journal.orElseThrow(
            () -> new IllegalArgumentException("A runner needs a journal: call journal(...)"));
    this.approvals = builder.approvals;
    this.listeners = new Listeners(builder.listeners);
    this.calls = new AwsCalls(builder.callSettings);
    this.clock = builder.clock;
    this.sleeper = builder.sleeper;
    this.options = Map.copyOf(builder.options);
  }

  /**
   * A new builder.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Runs a plan.
   *
   * @param plan the plan, of which this is the first run
   * @return what happened; see {@link RotationReport#requireComplete}
   * @throws io.github.kmsrotation.journal.RunInUseException if the plan was run before
   * @throws io.github.kmsrotation.journal.JournalUnavailableException if the journal cannot be
   *     written; nothing further was done then
   * @throws io.github.kmsrotation.error.MissingStrategyException if no artifact on the class path
   *     executes plans of that kind
   * @throws io.github.kmsrotation.error.MissingOptionException if the plan needs a hook that {@link
   *     Builder#with} was not given
   * @throws io.github.kmsrotation.error.ClientConfigurationException if a client had to be made and
   *     the SDK found no Region for it. That there are no credentials is found out in a step, so it
   *     ends the run as {@link RunStatus#FAILED}, with this exception as the failure
   */
  public RotationReport run(RotationPlan plan) {
    BoundSteps bound = bind(plan);
    return Closing.after(() -> begun(plan, bound), bound.closer());
  }

  private RotationReport begun(RotationPlan plan, BoundSteps bound) {
    RunLog log = journal.create(plan.runId());
    return Closing.after(
        () -> execution(RunBook.begin(plan, log, clock), bound).forward(), log::close);
  }

  /**
   * Goes on with a run, after a crash, a stop or an approval, in this process or a new one. A run
   * that was being rolled back goes on being rolled back. A run that came to its end is reported as
   * it ended.
   *
   * @param runId the run
   * @return what happened
   * @throws io.github.kmsrotation.journal.UnknownRunException if the journal does not know it
   * @throws io.github.kmsrotation.journal.RunInUseException if somebody else executes it
   * @throws io.github.kmsrotation.journal.JournalCorruptedException if the journal is damaged
   * @throws io.github.kmsrotation.journal.JournalVersionException if another version wrote it
   * @throws io.github.kmsrotation.journal.JournalUnavailableException if the journal cannot be read
   *     or written
   * @throws io.github.kmsrotation.error.MissingStrategyException if no artifact on the class path
   *     executes plans of that kind
   * @throws io.github.kmsrotation.error.MissingOptionException if the plan needs a hook that {@link
   *     Builder#with} was not given
   * @throws io.github.kmsrotation.error.ClientConfigurationException if a client had to be made and
   *     the SDK found no Region for it. That there are no credentials is found out in a step, so it
   *     ends the run as {@link RunStatus#FAILED}, with this exception as the failure
   */
  public RotationReport resume(RunId runId) {
    return reopened(runId, false);
  }

  /**
   * Rolls a run back: what served before serves again, and what the run made is removed. Writes
   * that the replacement took after the cutover are not in the original. A run that has come to its
   * end can be rolled back, too, as long as none of its steps was irreversible.
   *
   * <p>It asks no approval, whatever {@link Builder#approval} says: the call itself is the
   * decision. It is the way out when something is wrong or an approval was refused, so nobody who
   * is asked may stand in that way; and it deletes only what the run made, of which it keeps a DB
   * snapshot where clients may have written to it.
   *
   * <p>What stops it ends in a report, like what stops {@link #run}: {@link RunStatus#BLOCKED} if
   * somebody has to mend something, {@link RunStatus#FAILED} with {@link RotationReport#failure} if
   * a call or a hook failed. Call it again, or {@link #resume}, to go on rolling back; there is no
   * way forward from there.
   *
   * @param runId the run
   * @return what happened; {@link RunStatus#ROLLED_BACK} if it came to its end, now or before
   * @throws io.github.kmsrotation.journal.UnknownRunException if the journal does not know the run
   * @throws io.github.kmsrotation.journal.RunInUseException if somebody else executes it
   * @throws io.github.kmsrotation.journal.JournalCorruptedException if the journal is damaged
   * @throws io.github.kmsrotation.journal.JournalVersionException if another version wrote it
   * @throws io.github.kmsrotation.journal.JournalUnavailableException if the journal cannot be read
   *     or written; nothing further was done then
   * @throws io.github.kmsrotation.error.MissingStrategyException if no artifact on the class path
   *     executes plans of that kind
   * @throws io.github.kmsrotation.error.MissingOptionException if the plan needs a hook that {@link
   *     Builder#with} was not given
   * @throws io.github.kmsrotation.error.ClientConfigurationException if a client had to be made and
   *     the SDK found no Region for it
   * @throws RotationException itself, not a subclass, if the run has done, or sent to AWS, what
   *     cannot be undone, or if the strategy's steps are not those of the stored plan; nothing was
   *     done then
   */
  public RotationReport rollBack(RunId runId) {
    return reopened(runId, true);
  }

  private RotationReport reopened(RunId runId, boolean back) {
    RunLog log = journal.open(runId);
    return Closing.after(() -> goneOn(RunBook.reopen(log, clock), back), log::close);
  }

  private RotationReport goneOn(RunBook book, boolean back) {
    if (back) {
      checkMayRollBack(book);
    }
    if (book.state().isFinished() && (!back || book.state().isRollingBack())) {
      return ended(book);
    }
    BoundSteps bound = bind(book.plan());
    return Closing.after(
        () -> {
          RunExecution execution = execution(book, bound);
          return back || book.state().isRollingBack() ? execution.backward() : execution.forward();
        },
        bound.closer());
  }

  private static RotationReport ended(RunBook book) {
    return book.state().isRollingBack()
        ? book.report(RunStatus.ROLLED_BACK, "This run was rolled back before.")
        : book.report(RunStatus.SUCCEEDED, "");
  }

  private static void checkMayRollBack(RunBook book) {
    Optional<StepDescription> begun = book.state().irreversiblyBegun();
    if (begun.isPresent()) {
      throw new RotationException(
          "Run "
              + book.plan().runId()
              + " of "
              + book.plan().targetId()
              + " has begun what cannot be undone (step '"
              + begun.get().id()
              + "'), so it cannot be rolled back. "
              + (book.state().isFinished()
                  ? "It has come to its end."
                  : "Resume it to let it come to its end."));
    }
  }

  private RunExecution execution(RunBook book, BoundSteps bound) {
    RunExecution execution =
        new RunExecution(book, bound.steps(), calls, approvals, listeners, sleeper);
    book.write(EntryType.STARTED, "", Map.of());
    return execution;
  }

  private BoundSteps bind(RotationPlan plan) {
    return AwsCalls.client(
        () ->
            Strategies.find(plan.kind()).bind(plan, Optional.ofNullable(options.get(plan.kind()))));
  }

  /** Builds a runner. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<Journal> journal = Optional.empty();
    private Approvals approvals = Approvals.stopBeforeCutoverAndRetire();
    private final List<RotationListener> listeners = new ArrayList<>();
    private AwsCallSettings callSettings = AwsCallSettings.ofDefaults();
    private Clock clock = Clock.systemUTC();
    private Sleeper sleeper = duration -> Thread.sleep(duration.toMillis());
    private final Map<String, StrategyOptions<?>> options = new HashMap<>();

    private Builder() {}

    /**
     * Required: where runs are remembered.
     *
     * @param journal the journal
     * @return this builder
     */
    public Builder journal(Journal journal) {
      this.journal = Optional.of(journal);
      return this;
    }

    /**
     * Who is asked before which phase. The default stops before CUTOVER and RETIRE.
     *
     * @param approvals the approvals
     * @return this builder
     */
    public Builder approval(Approvals approvals) {
      this.approvals = Objects.requireNonNull(approvals, "approvals");
      return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener is told how the run goes
     * @return this builder
     */
    public Builder listener(RotationListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * The clients and hooks with which plans of that kind are executed. A plan is data and holds
     * none.
     *
     * @param options the options of one strategy
     * @return this builder
     */
    public Builder with(StrategyOptions<?> options) {
      this.options.put(options.kind(), options);
      return this;
    }

    /**
     * How calls to AWS are tried, by all runs of the runner together.
     *
     * @param settings the settings
     * @return this builder
     */
    public Builder calls(AwsCallSettings settings) {
      this.callSettings = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /**
     * The time, for tests.
     *
     * @param clock a clock
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * How the runner waits, for tests.
     *
     * @param sleeper waits
     * @return this builder
     */
    public Builder sleeper(Sleeper sleeper) {
      this.sleeper = Objects.requireNonNull(sleeper, "sleeper");
      return this;
    }

    /**
     * Builds.
     *
     * @return a runner
     * @throws IllegalArgumentException if there is no journal
     */
    public RotationRunner build() {
      return new RotationRunner(this);
    }
  }
}
