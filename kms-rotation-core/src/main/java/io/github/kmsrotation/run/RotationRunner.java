package io.github.kmsrotation.run;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.Leftovers;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.spi.RotationStrategy.BoundSteps;
import io.github.kmsrotation.spi.Strategies;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger(RotationRunner.class);

  private final Journal journal;
  private final Approvals approvals;
  private final Listeners listeners;
  private final AwsCalls calls;
  private final Clock clock;
  private final Sleeper sleeper;
  private final StepGate gate;
  private final Map<String, StrategyOptions<?>> options;
  private final Function<RotationPlan, Optional<StrategyOptions<?>>> optionsFor;

  private RotationRunner(Builder builder) {
    this.journal =
        builder.journal.orElseThrow(
            () -> new IllegalArgumentException("A runner needs a journal: call journal(...)"));
    this.approvals = builder.approvals;
    this.listeners = new Listeners(builder.listeners);
    this.calls =
        builder
            .sleeper
            .map(given -> new AwsCalls(builder.callSettings, builder.clock, given::sleep))
            .orElseGet(() -> new AwsCalls(builder.callSettings));
    this.clock = builder.clock;
    this.sleeper = builder.sleeper.orElse(duration -> Thread.sleep(duration.toMillis()));
    this.gate = builder.gate;
    this.options = Map.copyOf(builder.options);
    this.optionsFor = builder.optionsFor;
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
   * @throws io.github.kmsrotation.journal.ResourceInUseException if another run of the same journal
   *     that has not come to its end changes the same resource; the run is remembered, and can be
   *     resumed when that one has ended
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
    return toTheEnd(begun(plan));
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
   * @throws io.github.kmsrotation.journal.ResourceInUseException if another run of the same journal
   *     that has not come to its end changes the same resource
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
    return toTheEnd(reopened(runId, false));
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
    return toTheEnd(reopened(runId, true));
  }

  /**
   * Begins a plan, or goes on with it if it was begun before, without waiting: the caller advances
   * it.
   *
   * @param plan the plan
   * @return the run, which is to be closed
   * @throws RotationException if the journal holds another plan for the same run; otherwise what
   *     {@link #run} and {@link #resume} throw
   */
  public RunInProgress takeUp(RotationPlan plan) {
    try {
      return begun(plan);
    } catch (RunInUseException e) {
      LOG.debug("Run {} was begun before, or is in use", plan.runId(), e);
    }
    RunLog log = journal.open(plan.runId());
    return Closing.onFailure(
        log::close,
        () ->
            log.entries().isEmpty() ? begun(plan, log) : reopened(samePlan(plan, log), log, false));
  }

  private RunBook samePlan(RotationPlan plan, RunLog log) {
    RunBook book = RunBook.reopen(log, clock);
    if (!book.plan().equals(plan)) {
      throw new RotationException(
          "The journal holds another plan for run "
              + plan.runId()
              + " than the one that was given. Resume the run by its id, or make a new plan.");
    }
    return book;
  }

  /**
   * Goes on with a run without waiting: the caller advances it.
   *
   * @param runId the run
   * @return the run, which is to be closed
   * @throws RotationException what {@link #resume} throws
   */
  public RunInProgress takeUp(RunId runId) {
    return reopened(runId, false);
  }

  /**
   * How a run stands, by its journal alone: nothing is done and AWS is not asked.
   *
   * @param runId the run
   * @return the report of its end, or of its last stop: what it awaits, what blocks it, or which
   *     step failed. The journal keeps of a failure what AWS said; what other code threw may hold a
   *     secret, so only its class. {@link RunStatus#RUNNING} if it broke off otherwise, as in a
   *     crash or by an interrupt, with the last thing that the journal tells as the reason
   * @throws RotationException what {@link #resume} throws if the journal cannot be read
   */
  public RotationReport reportOf(RunId runId) {
    RunLog log = journal.open(runId);
    return Closing.after(() -> standing(log), log::close);
  }

  /**
   * Looks for what earlier runs made and left, by its tag, in the account and Region of the options
   * of that kind given to {@link Builder#with}, and removes it if that is approved. The sweep has a
   * journal of its own if it has anything to remove. What belongs to a run that has not ended is
   * never removed, nor what a run that came to its end kept, such as a final snapshot. The run of a
   * leftover is held meanwhile, so that nobody takes it up.
   *
   * @param kind the kind of target, for example {@code rds}
   * @param scope whose leftovers may be removed
   * @param approver is asked once, about all that would be removed, if there is any. Only {@link
   *     Approval#iAcceptThatThisCannotBeUndone} removes; with {@link Approval#later} the sweep is a
   *     list of what there is
   * @return what was found, and what became of each
   * @throws io.github.kmsrotation.error.MissingStrategyException if no artifact on the class path
   *     has that kind
   * @throws io.github.kmsrotation.error.MissingPermissionException if the looks were denied
   * @throws io.github.kmsrotation.aws.AwsUnavailableException if AWS kept failing the looks
   * @throws io.github.kmsrotation.journal.JournalUnavailableException if the journal cannot be read
   *     or written; nothing further was removed then
   * @throws RuntimeException what the approver throws; nothing was removed then
   */
  public SweepReport sweep(String kind, SweepScope scope, SweepApprover approver) {
    try (Leftovers leftovers =
        AwsCalls.client(
            () -> Strategies.find(kind).leftovers(Optional.ofNullable(options.get(kind))))) {
      return new Sweep(kind, scope, leftovers, journal, calls, clock).run(approver);
    }
  }

  private RotationReport standing(RunLog log) {
    RunBook book = RunBook.reopen(log, clock);
    List<JournalEntry> entries = log.entries();
    return Standing.of(book, entries.get(entries.size() - 1));
  }

  private RotationReport toTheEnd(RunInProgress run) {
    return Closing.after(() -> run.toTheEnd(sleeper), run::close);
  }

  private RunInProgress begun(RotationPlan plan) {
    Bound bound = bind(plan);
    return Closing.onFailure(
        bound.closer(),
        () -> {
          RunLog log = journal.create(plan.runId());
          return Closing.onFailure(
              log::close, () -> inProgress(RunBook.begin(plan, log, clock), bound, log, false));
        });
  }

  /** After a crash before the plan was written, when nothing was done. */
  private RunInProgress begun(RotationPlan plan, RunLog log) {
    Bound bound = bind(plan);
    return Closing.onFailure(
        bound.closer(), () -> inProgress(RunBook.begin(plan, log, clock), bound, log, false));
  }

  private RunInProgress reopened(RunId runId, boolean back) {
    RunLog log = journal.open(runId);
    return Closing.onFailure(log::close, () -> reopened(RunBook.reopen(log, clock), log, back));
  }

  private RunInProgress reopened(RunBook book, RunLog log, boolean back) {
    if (back) {
      checkMayRollBack(book);
    }
    if (book.state().isFinished() && (!back || book.state().isRollingBack())) {
      return RunInProgress.ended(Standing.ended(book), log);
    }
    Bound bound = bind(book.plan());
    return Closing.onFailure(
        bound.closer(), () -> inProgress(book, bound, log, back || book.state().isRollingBack()));
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

  private RunInProgress inProgress(RunBook book, Bound bound, RunLog log, boolean back) {
    log.claim(bound.resources());
    RunExecution execution =
        new RunExecution(book, bound.steps(), calls, approvals, listeners, gate, back);
    book.write(EntryType.STARTED, "", Map.of());
    return RunInProgress.of(book.plan(), execution, log, bound.closer());
  }

  /** A plan's live steps, and what they change. */
  private record Bound(List<Step> steps, Set<String> resources, Runnable closer) {}

  private Bound bind(RotationPlan plan) {
    RotationStrategy<?> strategy = Strategies.find(plan.kind());
    Set<String> resources = strategy.resources(plan);
    BoundSteps bound = AwsCalls.client(() -> strategy.bind(plan, optionsFor(plan)));
    return new Bound(bound.steps(), resources, bound.closer());
  }

  private Optional<StrategyOptions<?>> optionsFor(RotationPlan plan) {
    return optionsFor.apply(plan).or(() -> Optional.ofNullable(options.get(plan.kind())));
  }

  /** Builds a runner. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<Journal> journal = Optional.empty();
    private Approvals approvals = Approvals.stopBeforeCutoverAndRetire();
    private final List<RotationListener> listeners = new ArrayList<>();
    private AwsCallSettings callSettings = AwsCallSettings.ofDefaults();
    private Clock clock = Clock.systemUTC();
    private Optional<Sleeper> sleeper = Optional.empty();
    private StepGate gate = StepGate.open();
    private final Map<String, StrategyOptions<?>> options = new HashMap<>();
    private Function<RotationPlan, Optional<StrategyOptions<?>>> optionsFor =
        plan -> Optional.empty();

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
     * The options for each plan, where plans of one kind need different ones: clients of their
     * Regions, or the hooks of one database. What it leaves empty is looked up in {@link #with}. By
     * default it leaves all empty.
     *
     * @param optionsFor the options for a plan, or empty; what it throws, the run or resume throws
     * @return this builder
     */
    public Builder optionsFor(Function<RotationPlan, Optional<StrategyOptions<?>>> optionsFor) {
      this.optionsFor = Objects.requireNonNull(optionsFor, "optionsFor");
      return this;
    }

    /**
     * Holds runs before a step. Open by default.
     *
     * @param gate is asked before each step
     * @return this builder
     */
    public Builder gate(StepGate gate) {
      this.gate = Objects.requireNonNull(gate, "gate");
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
      this.sleeper = Optional.of(sleeper);
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
