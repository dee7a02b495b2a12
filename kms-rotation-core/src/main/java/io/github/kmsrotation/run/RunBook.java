package io.github.kmsrotation.run;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.journal.JournalUnavailableException;
import io.github.kmsrotation.journal.JournalVersionException;
import io.github.kmsrotation.journal.RunLog;
import io.github.kmsrotation.plan.PlanVersionException;
import io.github.kmsrotation.plan.RotationPlan;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run's log and what it adds up to, always written before it is believed. */
final class RunBook {

  private static final Logger LOG = LoggerFactory.getLogger(RotationRunner.class);

  private final RotationPlan plan;
  private final RunLog log;
  private final RunState state;
  private final Clock clock;

  private RunBook(RotationPlan plan, RunLog log, RunState state, Clock clock) {
    this.plan = plan;
    this.log = log;
    this.state = state;
    this.clock = clock;
  }

  static RunBook begin(RotationPlan plan, RunLog log, Clock clock) {
    RunBook book = new RunBook(plan, log, new RunState(plan, List.of()), clock);
    book.write(EntryType.PLAN, "", Map.of("plan", plan.toJson()));
    return book;
  }

  static RunBook reopen(RunLog log, Clock clock) {
    List<JournalEntry> entries = log.entries();
    if (!entries.isEmpty() && entries.get(0).type() == EntryType.FLEET) {
      throw new RotationException(
          "This is the journal of a fleet, not of a run: go on with FleetRunner.resume, or name one"
              + " of its runs.");
    }
    if (!entries.isEmpty() && entries.get(0).type() == EntryType.SWEEP) {
      throw new RotationException(
          "This is the journal of a sweep, not of a run. To go on with one that was broken off,"
              + " sweep again.");
    }
    if (entries.isEmpty() || !RunState.isPlan(entries.get(0))) {
      throw new JournalCorruptedException(
          "The journal of this run was torn before its plan was written. Nothing was done in AWS;"
              + " make a new plan.");
    }
    RotationPlan plan;
    try {
      plan = RotationPlan.fromJson(entries.get(0).value("plan"));
    } catch (PlanVersionException e) {
      throw new JournalVersionException(
          "The stored plan is of another version: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new JournalCorruptedException("The stored plan cannot be read: " + e.getMessage(), e);
    }
    return new RunBook(plan, log, new RunState(plan, entries), clock);
  }

  void write(EntryType type, String step, Map<String, String> data) {
    JournalEntry entry = JournalEntry.of(clock.instant(), type, step, data);
    log.append(entry);
    state.apply(entry);
  }

  /** The run has come to its end: what it had is free for others. */
  void finish(RunStatus end) {
    write(EntryType.FINISHED, "", Map.of("status", end.name()));
    try {
      log.release();
    } catch (JournalUnavailableException e) {
      LOG.warn("{} has come to its end, which frees what it had claimed", name(), e);
    }
  }

  /** For log lines, which are read apart from the plan. */
  String name() {
    return "Run " + plan.runId() + " of " + plan.kind() + " '" + plan.targetId() + "'";
  }

  RotationPlan plan() {
    return plan;
  }

  RunState state() {
    return state;
  }

  Clock clock() {
    return clock;
  }

  RotationReport report(RunStatus status, String reason) {
    return state.report(status, reason, clock.instant());
  }
}
