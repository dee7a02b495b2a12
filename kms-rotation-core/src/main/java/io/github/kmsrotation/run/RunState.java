package io.github.kmsrotation.run;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.Undo;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the entries of a journal add up to. Built by replaying them; kept current by the runner. */
final class RunState {

  /** What became of a call. After all but REFUSED, AWS may have done what was asked. */
  enum Outcome {
    OK,
    UNKNOWN,
    REFUSED
  }

  /** What an approver said. */
  enum Answer {
    GRANTED,
    DENIED,
    LATER
  }

  private static final Set<EntryType> OF_THE_RUN =
      EnumSet.of(
          EntryType.PLAN,
          EntryType.STARTED,
          EntryType.APPROVAL,
          EntryType.ROLLBACK_STARTED,
          EntryType.FINISHED);
  private final RotationPlan plan;
  private final Map<String, StepStatus> statuses = new HashMap<>();
  private final Map<String, StepResults> results = new HashMap<>();
  private final Map<String, Integer> sent = new HashMap<>();

  /** When calls were sent that AWS did not refuse, by intent; the roll-back needs them, too. */
  private final Map<String, Deque<Instant>> sentAt = new HashMap<>();

  /** When steps were begun; again, only after they had been blocked. */
  private final Map<String, Instant> begunAt = new HashMap<>();

  /** What steps noted last. */
  private final Map<String, Facts> checkpoints = new HashMap<>();

  private final Set<String> blocked = new HashSet<>();
  private final Set<Phase> approved = EnumSet.noneOf(Phase.class);
  private boolean rollingBack;
  private Optional<Instant> startedAt = Optional.empty();
  private Optional<Instant> finishedAt = Optional.empty();

  /** The latest time of all entries, which the clock may have been put back behind. */
  private Instant latest = Instant.MIN;

  RunState(RotationPlan plan, List<JournalEntry> entries) {
    this.plan = plan;
    plan.steps().forEach(step -> statuses.put(step.id(), StepStatus.PENDING));
    entries.forEach(this::apply);
  }

  void apply(JournalEntry entry) {
    String step = entry.step();
    if (!statuses.containsKey(step) && !(step.isEmpty() && OF_THE_RUN.contains(entry.type()))) {
      throw StoredValues.damaged("it tells of step '" + step + "', which is not in its plan", null);
    }
    latest = latest(entry.at());
    switch (entry.type()) {
      case STARTED -> startedAt = startedAt.or(() -> Optional.of(entry.at()));
      case STEP_STARTED -> {
        statuses.put(step, StepStatus.STARTED);
        if (blocked.remove(step) || !begunAt.containsKey(step)) {
          begunAt.put(step, entry.at());
        }
      }
      case STEP_BLOCKED -> blocked.add(step);
      case STEP_CHECKPOINT -> checkpoints.put(step, Facts.of(entry.data()));
      case STEP_DONE -> {
        statuses.put(step, StepStatus.DONE);
        results.put(step, StepResults.read(entry));
      }
      case STEP_UNDONE -> {
        statuses.put(step, StepStatus.UNDONE);
        results.put(step, StepResults.read(entry));
      }
      case INTENT -> {
        sent.merge(intentKey(step, entry), 1, Integer::sum);
        sentAt.computeIfAbsent(intentKey(step, entry), k -> new ArrayDeque<>()).add(entry.at());
      }
      case OUTCOME -> {
        if (StoredValues.constant(Outcome.class, entry, "outcome") == Outcome.REFUSED) {
          sent.merge(intentKey(step, entry), -1, Integer::sum);
          sentAt.getOrDefault(intentKey(step, entry), new ArrayDeque<>()).pollLast();
        }
      }
      case APPROVAL -> {
        Phase phase = StoredValues.constant(Phase.class, entry, "phase");
        if (StoredValues.constant(Answer.class, entry, "answer") == Answer.GRANTED) {
          approved.add(phase);
        }
      }
      case ROLLBACK_STARTED -> {
        rollingBack = true;
        finishedAt = Optional.empty();
        sent.clear();
        checkpoints.clear();
      }
      case FINISHED -> {
        RunStatus end = StoredValues.constant(RunStatus.class, entry, "status");
        if (end != (rollingBack ? RunStatus.ROLLED_BACK : RunStatus.SUCCEEDED)) {
          throw StoredValues.unknown(entry, "status");
        }
        finishedAt = Optional.of(latest);
      }
      case FLEET, FLEET_RUNS, SWEEP ->
          throw StoredValues.damaged("it has an entry of a fleet or a sweep", null);
      case PLAN, STEP_WAITING, STEP_FAILED -> {}
    }
  }

  private static String intentKey(String step, JournalEntry entry) {
    return key(step, entry.value("operation"), entry.value("resource"));
  }

  private static String key(String step, String operation, String resource) {
    return step + "|" + operation + "|" + resource;
  }

  /** A time that is still to come was written before the clock was put back: it becomes now. */
  Optional<Instant> lastSent(String step, String operation, String resource, Instant now) {
    Deque<Instant> times = sentAt.getOrDefault(key(step, operation, resource), new ArrayDeque<>());
    if (!times.isEmpty() && times.getLast().isAfter(now)) {
      times.removeLast();
      times.add(now);
    }
    return Optional.ofNullable(times.peekLast());
  }

  /** Of a step that was begun. */
  Instant begunAt(String step, Instant now) {
    return begunAt.computeIfPresent(step, (id, at) -> at.isAfter(now) ? now : at);
  }

  int timesSent(String step, String operation, String resource) {
    return sent.getOrDefault(key(step, operation, resource), 0);
  }

  StepStatus status(StepDescription step) {
    return statuses.getOrDefault(step.id(), StepStatus.PENDING);
  }

  Facts facts(String step) {
    return results(step).facts();
  }

  Facts checkpoint(String step) {
    return checkpoints.getOrDefault(step, Facts.none());
  }

  private StepResults results(String step) {
    return results.getOrDefault(step, StepResults.NONE);
  }

  boolean isApproved(Phase phase) {
    return approved.contains(phase);
  }

  boolean isRollingBack() {
    return rollingBack;
  }

  boolean isFinished() {
    return finishedAt.isPresent();
  }

  boolean hasBegun(String stepId) {
    return statuses.getOrDefault(stepId, StepStatus.PENDING) != StepStatus.PENDING;
  }

  /**
   * The first step that cannot be undone and is done, or sent a call that AWS did not refuse. One
   * that only looked, and stopped, changed nothing.
   */
  Optional<StepDescription> irreversiblyBegun() {
    return plan.steps().stream()
        .filter(step -> step.undo() == Undo.IRREVERSIBLE)
        .filter(step -> status(step) == StepStatus.DONE || hasSent(step.id()))
        .findFirst();
  }

  private boolean hasSent(String step) {
    return sentAt.entrySet().stream()
        .anyMatch(sent -> sent.getKey().startsWith(step + "|") && !sent.getValue().isEmpty());
  }

  /** Promise 1: every verifying step is done, and at least one of them saw evidence. */
  boolean isVerified() {
    List<StepDescription> verifying =
        plan.steps().stream().filter(step -> step.phase() == Phase.VERIFY).toList();
    return verifying.stream().allMatch(step -> status(step) == StepStatus.DONE)
        && verifying.stream().anyMatch(step -> !results(step.id()).evidence().isEmpty());
  }

  RotationReport report(RunStatus status, String reason, Instant now) {
    List<StepReport> steps =
        plan.steps().stream()
            .map(
                step ->
                    new StepReport(
                        step, status(step), facts(step.id()), results(step.id()).evidence()))
            .toList();
    Instant end = finishedAt.orElse(latest(now));
    return new RotationReport(
        plan, status, reason, steps, startedAt.orElse(end), end, Optional.empty());
  }

  private Instant latest(Instant time) {
    return time.isAfter(latest) ? time : latest;
  }

  static boolean isPlan(JournalEntry entry) {
    return entry.type() == EntryType.PLAN;
  }
}
