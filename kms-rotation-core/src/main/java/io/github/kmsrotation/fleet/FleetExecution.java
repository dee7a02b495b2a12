package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.run.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes a fleet: the calling thread decides who is begun, looked at and held, workers look. Only
 * that thread touches what is in here; everybody else posts to its mailbox.
 */
final class FleetExecution {

  private static final Logger LOG = LoggerFactory.getLogger(FleetRunner.class);
  private static final Duration LISTENERS_PATIENCE = Duration.ofSeconds(10);

  private final FleetBook book;
  private final FleetSettings settings;
  private final FleetControl control;
  private final FleetTime time;
  private final Instant startedAt;
  private final Mailbox mailbox;
  private final Questions questions;
  private final ListenerThread listeners;
  private final Places places;
  private final FleetGate gate;
  private final Workers workers;
  private final Roster roster;
  private final InFlight inFlight;
  private final PendingRuns pending = new PendingRuns();
  private final Queue<FleetRun> due = new PriorityQueue<>(FleetRun.BY_DUE);
  private final Set<FleetRun> held = new HashSet<>();
  private final Set<FleetRun> asking = new HashSet<>();
  private final Set<FleetRun> withoutPlace = new HashSet<>();
  private int wave = -1;
  private boolean wavesOver;
  private String reasonOfTheRest = "The fleet was interrupted before it began. Resubmit it.";
  private FleetOutcome outcomeOfTheRest = FleetOutcome.SKIPPED;

  FleetExecution(FleetBook book, FleetSettings settings) {
    this.book = book;
    this.settings = settings;
    this.control = settings.control();
    this.time = new FleetTime(settings.clock());
    this.startedAt = time.now();
    this.mailbox = new Mailbox(settings.sleeper());
    this.questions =
        new Questions(
            book.fleet().id(),
            settings.approvalPatience(),
            about -> mailbox.post(() -> roster().run(about).ifPresent(this::answered)));
    this.listeners =
        new ListenerThread(
            book.fleet().id(), settings.listeners(), LISTENERS_PATIENCE, this::hasEnded);
    this.places =
        new Places(
            settings.quotas(),
            run -> mailbox.post(() -> roster().run(run).ifPresent(this::hasPlace)));
    this.gate =
        new FleetGate(
            control,
            settings.window(),
            places,
            new Turns(settings.calls(), settings.clock()),
            settings.clock());
    Runners runners = new Runners(settings, gate, questions, listeners);
    this.workers = new Workers(book.fleet().id(), settings.workers(), runners, mailbox);
    this.roster =
        new Roster(
            book.fleet(),
            Set.copyOf(settings.journal().runs()),
            runners::reportOf,
            settings.seed());
    this.inFlight = new InFlight(settings.limits());
  }

  private Roster roster() {
    return roster;
  }

  private boolean hasEnded(RotationReport report) {
    return report.status() != RunStatus.AWAITING_APPROVAL || !questions.isPut(report.runId());
  }

  FleetReport execute() {
    Runnable wake = () -> mailbox.post(this::controlChanged);
    control.onChange(wake);
    listeners.start();
    boolean interrupted = false;
    try {
      untilItIsOver();
    } catch (InterruptedException e) {
      LOG.info("Fleet {}: interrupted", book.fleet().id());
      workers.interrupt();
      interrupted = true;
    } finally {
      control.forget(wake);
      windDown();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    FleetReport report = report();
    LOG.info("Fleet {}: {}", report.fleetId(), report.summary());
    return report;
  }

  private void untilItIsOver() throws InterruptedException {
    while (true) {
      mailbox.handleAll();
      questions.expire();
      openWave();
      begin();
      if (isOver()) {
        return;
      }
      dispatch();
      idle();
    }
  }

  // Who is begun

  private void openWave() {
    while (!wavesOver && inFlight.count() == 0 && pending.isEmpty() && !isHeld()) {
      if (wave + 1 == roster.waves()) {
        wavesOver = true;
      } else if (!book.isApproved(wave + 1) && !approve(wave + 1)) {
        return;
      } else {
        wave++;
        pending.addAll(roster.wave(wave));
      }
    }
  }

  private boolean isHeld() {
    return control.isPaused() || control.isCancelled() || isBudgetSpent();
  }

  private boolean isBudgetSpent() {
    return settings.budget().isSpent(roster.failures(), roster.size());
  }

  /** Whether the wave may begin. If not, either the question is open or the waves are over. */
  private boolean approve(int next) {
    Optional<Approval> answer;
    WaveRequest request = new WaveRequest(next + 1, report());
    try {
      answer = questions.ask(book.fleet().id(), () -> settings.waves().decide(request));
    } catch (RuntimeException e) {
      LOG.error("Fleet {}: the approver failed", book.fleet().id(), e);
      return refuse(next, "its approver failed: " + e);
    }
    if (answer.isEmpty()) {
      return false;
    }
    if (answer.get() instanceof Approval.Granted granted) {
      book.approve(next, granted.by());
      return true;
    }
    if (answer.get() instanceof Approval.Irreversible accepted) {
      book.approve(next, accepted.by());
      return true;
    }
    return refuse(
        next,
        answer.get() instanceof Approval.Denied denied
            ? "it was not approved: " + denied.reason()
            : "it awaits an approval");
  }

  private boolean refuse(int next, String why) {
    wavesOver = true;
    outcomeOfTheRest = FleetOutcome.AWAITING_APPROVAL;
    reasonOfTheRest =
        "Wave " + (next + 1) + " was not begun, as " + why + ". Resume the fleet to ask again.";
    return false;
  }

  private void begin() {
    if (control.isCancelled() || control.isPaused()) {
      return;
    }
    boolean mayBeginNew = !isBudgetSpent() && gate.closedFor().isEmpty();
    Optional<FleetRun> next = nextToBegin(mayBeginNew);
    while (next.isPresent()) {
      inFlight.enter(next.get().plan());
      dueIn(next.get(), Duration.ZERO);
      next = nextToBegin(mayBeginNew);
    }
  }

  private Optional<FleetRun> nextToBegin(boolean mayBeginNew) {
    return pending.poll(run -> (mayBeginNew || run.isBegun()) && inFlight.hasRoomFor(run.plan()));
  }

  private boolean isOver() {
    if (inFlight.count() > 0) {
      return false;
    }
    if (control.isCancelled()) {
      reasonOfTheRest = "The fleet was cancelled before it began. Resubmit it.";
      return true;
    }
    if (isBudgetSpent()) {
      reasonOfTheRest =
          "Not begun, since "
              + roster.failures()
              + " runs failed or were blocked and the fleet's budget is "
              + settings.budget()
              + ". Look at those, then resume the fleet.";
      return true;
    }
    return wavesOver && pending.isEmpty();
  }

  // Who is looked at, and when

  private void dueIn(FleetRun run, Duration pause) {
    run.dueAt(time.after(pause));
    due.add(run);
  }

  private void dispatch() {
    Duration now = time.elapsed();
    FleetRun next = due.peek();
    while (next != null && next.due().compareTo(now) <= 0) {
      due.remove();
      workers.tick(next, this::ticked, this::threw);
      next = due.peek();
    }
  }

  private void idle() throws InterruptedException {
    Optional<Duration> untilDue = untilSomethingIsDue();
    Optional<Duration> patience = questions.patienceLeft();
    if (workers.areBusy() || patience.isPresent()) {
      Duration longest = untilDue.orElse(Duration.ofDays(1));
      mailbox.awaitMessage(patience.filter(left -> left.compareTo(longest) < 0).orElse(longest));
    } else if (untilDue.isPresent()) {
      mailbox.awaitTime(untilDue.get());
    } else {
      mailbox.awaitMessage(Duration.ofDays(1));
    }
  }

  private Optional<Duration> untilSomethingIsDue() {
    Optional<Duration> window =
        pending.isEmpty() || control.isPaused() ? Optional.empty() : gate.closedFor();
    Optional<Duration> look =
        Optional.ofNullable(due.peek()).map(next -> next.due().minus(time.elapsed()));
    return Stream.of(window, look).flatMap(Optional::stream).min(Duration::compareTo);
  }

  // What workers, approvers and the control say

  private void ticked(FleetRun run, Tick tick) {
    if (tick instanceof Tick.Ended ended) {
      ended(run, ended.report());
    } else if (control.isCancelled() && !run.isInCutover()) {
      stop(run);
    } else if (tick instanceof Tick.Waiting waiting) {
      dueIn(run, run.jittered(waiting.condition().map(this::interval).orElse(waiting.pause())));
    } else if (control.isPaused()) {
      held.add(run);
    } else if (places.isWaiting(run.id())) {
      withoutPlace.add(run);
    } else if (tick instanceof Tick.Held before) {
      dueIn(run, gate.heldFor(run.id(), before.step()));
    }
  }

  private Duration interval(Condition condition) {
    return settings.pollEvery().getOrDefault(condition.kind(), condition.pollEvery());
  }

  private void ended(FleetRun run, RotationReport report) {
    if (hasEnded(report)) {
      end(run, FleetOutcome.of(report.status()), report.reason());
    } else if (questions.isAnswered(run.id())) {
      dueIn(run, Duration.ZERO);
    } else {
      asking.add(run);
    }
  }

  private void threw(FleetRun run, Throwable failure) {
    if (failure instanceof VirtualMachineError fatal) {
      throw fatal;
    }
    LOG.error("Run {} failed", run.id(), failure);
    end(run, Roster.of(failure), Roster.reason(failure));
  }

  private void answered(FleetRun run) {
    if (asking.remove(run)) {
      dueIn(run, Duration.ZERO);
    }
  }

  private void hasPlace(FleetRun run) {
    if (withoutPlace.remove(run)) {
      dueIn(run, Duration.ZERO);
    }
  }

  private void controlChanged() {
    if (control.isCancelled()) {
      List<FleetRun> stoppable = new ArrayList<>(held);
      due.stream().filter(run -> !run.isInCutover()).forEach(stoppable::add);
      stoppable.addAll(asking);
      stoppable.addAll(withoutPlace);
      stoppable.forEach(this::stop);
      due.removeAll(stoppable);
      held.clear();
      asking.clear();
      withoutPlace.clear();
    } else if (!control.isPaused()) {
      held.forEach(run -> dueIn(run, Duration.ZERO));
      held.clear();
    }
  }

  private void stop(FleetRun run) {
    if (run.isBegun()) {
      end(
          run,
          FleetOutcome.STOPPED,
          "The fleet was stopped while this stood " + run.whereItStands() + ". Resubmit it.");
    } else {
      end(run, FleetOutcome.SKIPPED, "The fleet was stopped before this began. Resubmit it.");
    }
  }

  private void end(FleetRun run, FleetOutcome outcome, String reason) {
    run.close();
    gate.forget(run.id());
    inFlight.leave(run.plan());
    roster.end(run, outcome, reason);
  }

  // The end

  /**
   * However it came to it: nobody works any more, every run is given back, every run has a result.
   */
  private void windDown() {
    workers.close();
    mailbox.handleAll();
    for (FleetRun run : roster.open()) {
      run.close();
      if (run.isBegun()) {
        roster.end(
            run,
            FleetOutcome.STOPPED,
            "The fleet ended while this stood " + run.whereItStands() + ". Resubmit it.");
      } else {
        roster.end(run, outcomeOfTheRest, reasonOfTheRest);
      }
    }
    questions.close();
    listeners.close();
  }

  private FleetReport report() {
    return new FleetReport(
        book.fleet().id(), roster.waves(), roster.results(), startedAt, time.now());
  }
}
