package io.github.kmsrotation.fleet;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.Sleeper;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Executes fleets: many runs at once, with a few threads for each Region. A run that waits gives
 * its thread back and is looked at again when it is due, so ten thousand that wait cost no thread
 * each. What a run does is what {@link RotationRunner} does. One that is blocked, fails or throws
 * does not stop the others, until the failure budget is spent. A run that the fleet stops, since it
 * was cancelled, is in the report; no listener is told.
 *
 * <p>Callers' code cannot hold up the fleet. Listeners are told in order on a thread of their own;
 * those that stand still lose messages. Approvers are asked on another, one question at a time, and
 * have {@link Builder#approvalPatience} for an answer; a run whose approver does not give one ends
 * as {@link FleetOutcome#AWAITING_APPROVAL}. An approver that has to wait for a person longer than
 * that answers {@code Approval.later()}, and the fleet is resumed when the person has decided.
 *
 * <p>Immutable; safe for use by several threads, each with a fleet of its own. Defaults:
 *
 * <ul>
 *   <li>{@link Approvals#stopBeforeCutoverAndRetire}, and no wave after the first is approved
 *   <li>{@link FleetLimits#ofDefaults}
 *   <li>a failure budget of 5 % of the runs; fewer than 20 runs bear no failure
 *   <li>{@link MaintenanceWindow#always}
 *   <li>8 threads for each Region of each account: calls to AWS take a fraction of a second each,
 *       and {@link AwsCallSettings} lets 50 a second pass
 *   <li>{@link AwsCallSettings#ofDefaults} for each Region of each account. A step waits for its
 *       turn before it begins, without a thread
 *   <li>{@link QuotaSource#usual}
 *   <li>poll intervals as the strategies give them, a tenth more or less at random
 *   <li>no listener, the system's clock
 * </ul>
 */
public final class FleetRunner {

  private final FleetSettings settings;

  private FleetRunner(FleetSettings settings) {
    this.settings = settings;
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
   * Executes a fleet and returns when each of its runs has ended or had to stop. An interrupt stops
   * the fleet: what is under way ends as {@link FleetOutcome#STOPPED} or {@link
   * FleetOutcome#FAILED}, resumable, and the thread's interrupt status is kept.
   *
   * @param fleet the fleet, for the first time
   * @return what became of each run; see {@link FleetReport#requireComplete}
   * @throws io.github.kmsrotation.journal.RunInUseException if the fleet was run before
   * @throws io.github.kmsrotation.journal.JournalUnavailableException if the fleet's own journal
   *     cannot be written. If that of one run cannot, that run fails
   */
  public FleetReport run(Fleet fleet) {
    try (FleetBook book = FleetBook.begin(fleet, settings.journal(), settings.clock())) {
      return new FleetExecution(book, settings).execute();
    }
  }

  /**
   * Goes on with a fleet, after a crash, a stop, a cancel or an approval, in this process or a new
   * one: with what was begun first, what failed or was blocked included, then with the rest. Waves
   * that were approved stay so.
   *
   * @param fleetId the fleet's {@link Fleet#id}
   * @return what became of each run, those included that had ended before
   * @throws io.github.kmsrotation.journal.UnknownRunException if the journal does not know it
   * @throws io.github.kmsrotation.journal.RunInUseException if somebody else executes it
   * @throws io.github.kmsrotation.journal.JournalCorruptedException if its journal is damaged
   * @throws io.github.kmsrotation.journal.JournalVersionException if another version wrote it
   * @throws io.github.kmsrotation.journal.JournalUnavailableException if its journal cannot be read
   *     or written
   * @throws io.github.kmsrotation.error.RotationException if it is no fleet, or the process died
   *     before the fleet was remembered; nothing was begun then
   */
  public FleetReport resume(RunId fleetId) {
    try (FleetBook book = FleetBook.reopen(fleetId, settings.journal(), settings.clock())) {
      return new FleetExecution(book, settings).execute();
    }
  }

  /** Builds a runner of fleets. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<Journal> journal = Optional.empty();
    private Approvals approvals = Approvals.stopBeforeCutoverAndRetire();
    private WaveApprover waves = request -> Approval.later();
    private Duration approvalPatience = Duration.ofMinutes(10);
    private final List<RotationListener> listeners = new ArrayList<>();
    private final Map<String, StrategyOptions<?>> options = new HashMap<>();
    private Function<RotationPlan, Optional<StrategyOptions<?>>> optionsFor =
        plan -> Optional.empty();
    private AwsCallSettings callSettings = AwsCallSettings.ofDefaults();
    private FleetLimits limits = FleetLimits.ofDefaults();
    private QuotaSource quotas = QuotaSource.usual();
    private FailureBudget budget = FailureBudget.ofShare(0.05);
    private MaintenanceWindow window = MaintenanceWindow.always();
    private FleetControl control = new FleetControl();
    private int workers = 8;
    private final Map<String, Duration> pollEvery = new HashMap<>();
    private Optional<Long> seed = Optional.empty();
    private Clock clock = Clock.systemUTC();
    private Optional<Sleeper> sleeper = Optional.empty();

    private Builder() {}

    /**
     * Required: where runs are remembered, and fleets among them.
     *
     * @param journal the journal
     * @return this builder
     */
    public Builder journal(Journal journal) {
      this.journal = Optional.of(journal);
      return this;
    }

    /**
     * Who is asked before which phase of a run. The default stops before CUTOVER and RETIRE.
     *
     * @param approvals the approvals
     * @return this builder
     */
    public Builder approval(Approvals approvals) {
      this.approvals = Objects.requireNonNull(approvals, "approvals");
      return this;
    }

    /**
     * Who is asked before each wave but the first. By default no such wave is begun.
     *
     * @param approver the approver
     * @return this builder
     */
    public Builder waveApproval(WaveApprover approver) {
      this.waves = Objects.requireNonNull(approver, "approver");
      return this;
    }

    /**
     * How long an approver may take for one answer. 10 minutes by default: long enough for a person
     * who sits there; questions about other runs wait meanwhile.
     *
     * @param patience positive
     * @return this builder
     * @throws IllegalArgumentException if not positive
     */
    public Builder approvalPatience(Duration patience) {
      this.approvalPatience = positive("approvalPatience", patience);
      return this;
    }

    /**
     * Adds a listener. It is not called on the threads that do the work; a run's own messages come
     * in order.
     *
     * @param listener is told how the runs go
     * @return this builder
     */
    public Builder listener(RotationListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * The clients and hooks with which plans of that kind are executed. Runs share the clients that
     * are given; without, a strategy makes some for each run in flight.
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
     * @param optionsFor the options for a plan, or empty; if it throws, that run fails. Called by
     *     several threads
     * @return this builder
     */
    public Builder optionsFor(Function<RotationPlan, Optional<StrategyOptions<?>>> optionsFor) {
      this.optionsFor = Objects.requireNonNull(optionsFor, "optionsFor");
      return this;
    }

    /**
     * How calls to AWS are tried. The rate and the circuit are each Region's of each account.
     *
     * @param settings the settings
     * @return this builder
     */
    public Builder calls(AwsCallSettings settings) {
      this.callSettings = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /**
     * How many runs are in flight.
     *
     * @param limits the limits
     * @return this builder
     */
    public Builder limits(FleetLimits limits) {
      this.limits = Objects.requireNonNull(limits, "limits");
      return this;
    }

    /**
     * How many places of AWS's quotas the runs may take. By default AWS's default values. A run
     * waits before a step that needs a place until there is one, so that AWS does not have to
     * refuse it. What others of the account use is the source's to take into account.
     *
     * @param quotas the source
     * @return this builder
     */
    public Builder quotas(QuotaSource quotas) {
      this.quotas = Objects.requireNonNull(quotas, "quotas");
      return this;
    }

    /**
     * How many runs may fail or be blocked before no new one is begun.
     *
     * @param budget the budget
     * @return this builder
     */
    public Builder failureBudget(FailureBudget budget) {
      this.budget = Objects.requireNonNull(budget, "budget");
      return this;
    }

    /**
     * When runs may be begun, and cut over. Always by default.
     *
     * @param window the window
     * @return this builder
     */
    public Builder window(MaintenanceWindow window) {
      this.window = Objects.requireNonNull(window, "window");
      return this;
    }

    /**
     * What pauses, continues and cancels the fleets of this runner. By default nothing does.
     *
     * @param control the control
     * @return this builder
     */
    public Builder control(FleetControl control) {
      this.control = Objects.requireNonNull(control, "control");
      return this;
    }

    /**
     * How many threads do the work in each Region of each account. A look takes its thread for as
     * long as it lasts: where steps compare data for hours, take as many more as comparisons are to
     * run at once there.
     *
     * @param threads 1 to 1,000
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder workers(int threads) {
      if (threads < 1 || threads > 1_000) {
        throw new IllegalArgumentException("workers must be 1 to 1,000, was " + threads);
      }
      this.workers = threads;
      return this;
    }

    /**
     * How often what runs wait for is looked at, for one kind of it. By default as often as the
     * strategy says.
     *
     * @param conditionKind the kind of {@link io.github.kmsrotation.plan.Condition}, for example
     *     {@code rds:DBSnapshotAvailable}
     * @param interval positive; a tenth more or less at random
     * @return this builder
     * @throws IllegalArgumentException if not positive
     */
    public Builder pollEvery(String conditionKind, Duration interval) {
      pollEvery.put(conditionKind, positive("interval", interval));
      return this;
    }

    /**
     * What the random part of the poll intervals is derived from, for tests. Random by default.
     *
     * @param seed any number
     * @return this builder
     */
    public Builder seed(long seed) {
      this.seed = Optional.of(seed);
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
     * How the fleet waits when no thread works and nothing is due, for tests that turn a clock
     * instead. By default it can be woken by its control, and looks at the clock every minute.
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
     * @return a runner of fleets
     * @throws IllegalArgumentException if there is no journal
     */
    public FleetRunner build() {
      Journal where =
          journal.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "A runner of fleets needs a journal: call journal(...)"));
      return new FleetRunner(
          new FleetSettings(
              where,
              base(where),
              approvals,
              List.copyOf(listeners),
              waves,
              approvalPatience,
              limits,
              quotas,
              callSettings,
              budget,
              window,
              control,
              workers,
              Map.copyOf(pollEvery),
              seed.orElseGet(() -> new SecureRandom().nextLong()),
              clock,
              sleeper));
    }

    private Supplier<RotationRunner.Builder> base(Journal where) {
      List<StrategyOptions<?>> byKind = List.copyOf(options.values());
      Function<RotationPlan, Optional<StrategyOptions<?>>> byPlan = optionsFor;
      AwsCallSettings calls = callSettings;
      Clock time = clock;
      Optional<Sleeper> waits = sleeper;
      return () -> {
        RotationRunner.Builder base =
            RotationRunner.builder().journal(where).optionsFor(byPlan).calls(calls).clock(time);
        waits.ifPresent(base::sleeper);
        byKind.forEach(base::with);
        return base;
      };
    }

    private static Duration positive(String name, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(name + " must be positive, was " + value);
      }
      return value;
    }
  }
}
