package io.github.kmsrotation.run;

import io.github.kmsrotation.journal.EntryType;
import io.github.kmsrotation.journal.JournalEntry;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.Undo;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the entries of a journal add up to. Built by replaying them; kept current by the runner. */
final class RunState {

  /** Outcomes after which AWS may have done what was asked. */
  static final String OK = "ok";

  static final String UNKNOWN = "unknown";

  private static final Set<String> NOT_REFUSED = Set.of(OK, UNKNOWN);
  private static final String EVIDENCE = "evidence.";

  private final RotationPlan plan;
  private final Map<String, StepStatus> statuses = new HashMap<>();
  private final Map<String, Facts> facts = new HashMap<>();
  private final Map<String, List<Evidence>> evidence = new HashMap<>();
  private final Map<String, Integer> sent = new HashMap<>();
  private final Map<String, Instant> lastSent = new HashMap<>();
  private final Set<Phase> approved = EnumSet.noneOf(Phase.class);
  private boolean rollingBack;
  private boolean finished;
  private Instant startedAt;

  RunState(RotationPlan plan, List<JournalEntry> entries) {
    this.plan = plan;
    this.startedAt = plan.createdAt();
    plan.steps().forEach(step -> statuses.put(step.id(), StepStatus.PENDING));
    if (!entries.isEmpty()) {
      startedAt = entries.get(0).at();
    }
    entries.forEach(this::apply);
  }

  void apply(JournalEntry entry) {
    String step = entry.step();
    switch (entry.type()) {
      case STEP_STARTED -> statuses.put(step, StepStatus.STARTED);
      case STEP_DONE -> {
        statuses.put(step, StepStatus.DONE);
        takeResults(step, entry);
      }
      case STEP_UNDONE -> {
        statuses.put(step, StepStatus.UNDONE);
        takeResults(step, entry);
      }
      case INTENT -> {
        sent.merge(intentKey(step, entry), 1, Integer::sum);
        lastSent.put(intentKey(step, entry), entry.at());
      }
      case OUTCOME -> {
        if (!NOT_REFUSED.contains(entry.value("outcome"))) {
          sent.merge(intentKey(step, entry), -1, Integer::sum);
          lastSent.remove(intentKey(step, entry));
        }
      }
      case APPROVAL -> {
        if (entry.value("answer").equals("granted")) {
          approved.add(Phase.valueOf(entry.value("phase")));
        }
      }
      case ROLLBACK_STARTED -> {
        rollingBack = true;
        finished = false;
        sent.clear();
      }
      case FINISHED -> finished = true;
      case PLAN, STARTED, STEP_WAITING, STEP_BLOCKED, STEP_FAILED -> {}
    }
  }

  private void takeResults(String step, JournalEntry entry) {
    TreeMap<String, String> values = new TreeMap<>();
    TreeMap<String, Evidence> seen = new TreeMap<>();
    entry
        .data()
        .forEach(
            (name, value) -> {
              if (name.startsWith(EVIDENCE)) {
                String[] parts = value.split("\u001f", -1);
                seen.put(name, new Evidence(parts[0], parts[1], parts[2]));
              } else {
                values.put(name, value);
              }
            });
    facts.put(step, new Facts(values));
    evidence.put(step, List.copyOf(seen.values()));
  }

  static Map<String, String> resultData(Facts facts, List<Evidence> evidence) {
    Map<String, String> data = new TreeMap<>(facts.values());
    int number = 0;
    for (Evidence e : evidence) {
      data.put(
          EVIDENCE + String.format("%05d", number++),
          String.join("\u001f", e.subject(), e.expected(), e.actual()));
    }
    return data;
  }

  private static String intentKey(String step, JournalEntry entry) {
    return key(step, entry.value("operation"), entry.value("resource"));
  }

  private static String key(String step, String operation, String resource) {
    return step + "|" + operation + "|" + resource;
  }

  Optional<Instant> lastSent(String step, String operation, String resource) {
    return Optional.ofNullable(lastSent.get(key(step, operation, resource)));
  }

  int timesSent(String step, String operation, String resource) {
    return sent.getOrDefault(key(step, operation, resource), 0);
  }

  StepStatus status(StepDescription step) {
    return statuses.getOrDefault(step.id(), StepStatus.PENDING);
  }

  Facts facts(String step) {
    return facts.getOrDefault(step, Facts.none());
  }

  boolean isApproved(Phase phase) {
    return approved.contains(phase);
  }

  boolean isRollingBack() {
    return rollingBack;
  }

  boolean isFinished() {
    return finished;
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
    return lastSent.keySet().stream().anyMatch(key -> key.startsWith(step + "|"));
  }

  /** Whether a phase may begin only with the approval for what cannot be undone. */
  boolean needsIrreversibleApproval(Phase phase) {
    return phase == Phase.RETIRE
        || plan.steps().stream()
            .anyMatch(step -> step.phase() == phase && step.undo().needsIrreversibleApproval());
  }

  /** Promise 1: every verifying step is done, and at least one of them saw evidence. */
  boolean isVerified() {
    List<StepDescription> verifying =
        plan.steps().stream().filter(step -> step.phase() == Phase.VERIFY).toList();
    return verifying.stream().allMatch(step -> status(step) == StepStatus.DONE)
        && verifying.stream()
            .anyMatch(step -> !evidence.getOrDefault(step.id(), List.of()).isEmpty());
  }

  RotationReport report(RunStatus status, String reason, Instant now) {
    List<StepReport> steps =
        plan.steps().stream()
            .map(
                step ->
                    new StepReport(
                        step,
                        status(step),
                        facts(step.id()),
                        evidence.getOrDefault(step.id(), List.of())))
            .toList();
    return new RotationReport(plan, status, reason, steps, startedAt, now, Optional.empty());
  }

  static boolean isPlan(JournalEntry entry) {
    return entry.type() == EntryType.PLAN;
  }
}
