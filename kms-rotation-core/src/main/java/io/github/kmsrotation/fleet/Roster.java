package io.github.kmsrotation.fleet;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.journal.ResourceInUseException;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.RotationReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fleet's runs, those that can be executed and those that cannot, and what has become of them.
 * Used by one thread.
 */
final class Roster {

  private static final Logger LOG = LoggerFactory.getLogger(FleetRunner.class);

  private final Set<RunId> begun;
  private final Function<RunId, RotationReport> reportOf;
  private final List<List<FleetRun>> waves = new ArrayList<>();
  private final Map<Integer, FleetResult> results = new TreeMap<>();
  private final Map<RunId, FleetRun> runs = new HashMap<>();
  private final Map<String, RunId> targets = new HashMap<>();
  private final int size;
  private int failures;

  Roster(Fleet fleet, Set<RunId> begun, Function<RunId, RotationReport> reportOf, long seed) {
    this.begun = begun;
    this.reportOf = reportOf;
    int index = 0;
    for (int wave = 0; wave < fleet.waves().size(); wave++) {
      List<FleetRun> there = new ArrayList<>();
      for (Fleet.Member member : fleet.waves().get(wave)) {
        enlist(member, index++, wave, seed).ifPresent(there::add);
      }
      waves.add(there);
    }
    size = index;
  }

  /** Empty if there is nothing to do for it, and then its result is known. */
  private Optional<FleetRun> enlist(Fleet.Member member, int index, int wave, long seed) {
    RunId id = member.runId();
    Optional<RotationReport> report;
    try {
      report = report(member);
    } catch (RotationException e) {
      note(index, new FleetResult(id, Optional.empty(), wave + 1, of(e), reason(e)));
      return Optional.empty();
    }
    RotationPlan plan = report.map(RotationReport::plan).or(member::plan).orElseThrow();
    FleetRun run = new FleetRun(index, wave, plan, begun.contains(id), seed);
    if (report.isPresent() && report.get().status().isFinal()) {
      end(run, FleetOutcome.of(report.get().status()), report.get().reason());
      return Optional.empty();
    }
    RunId other = targets.putIfAbsent(target(plan), id);
    if (other != null) {
      end(
          run,
          FleetOutcome.SKIPPED,
          "Run "
              + other
              + " of this fleet is for the same target, and two at once get into each other's way."
              + " Submit this one again when the other has ended, if it still is to be done.");
      return Optional.empty();
    }
    runs.put(id, run);
    return Optional.of(run);
  }

  /** What the journal tells. Of what cannot be read the runner will say so, if there is a plan. */
  private Optional<RotationReport> report(Fleet.Member member) {
    if (member.plan().isPresent() && !begun.contains(member.runId())) {
      return Optional.empty();
    }
    try {
      RotationReport report = reportOf.apply(member.runId());
      return member.plan().filter(plan -> !plan.equals(report.plan())).isPresent()
          ? Optional.empty()
          : Optional.of(report);
    } catch (RotationException e) {
      if (member.plan().isEmpty()) {
        throw e;
      }
      LOG.debug("Run {} is left to the runner", member.runId(), e);
      return Optional.empty();
    }
  }

  private static String target(RotationPlan plan) {
    return plan.kind() + " " + InFlight.place(plan) + " " + plan.targetId();
  }

  static FleetOutcome of(Throwable failure) {
    if (failure instanceof RunInUseException) {
      return FleetOutcome.SKIPPED;
    }
    return failure instanceof ResourceInUseException ? FleetOutcome.BLOCKED : FleetOutcome.FAILED;
  }

  static String reason(Throwable failure) {
    return failure instanceof RotationException
        ? String.valueOf(failure.getMessage())
        : "It failed with " + failure + ". Look at its journal, then resume it or roll it back.";
  }

  List<FleetRun> wave(int wave) {
    return waves.get(wave);
  }

  int waves() {
    return waves.size();
  }

  Optional<FleetRun> run(RunId id) {
    return Optional.ofNullable(runs.get(id));
  }

  void end(FleetRun run, FleetOutcome outcome, String reason) {
    note(
        run.index(),
        new FleetResult(run.id(), Optional.of(run.plan()), run.wave() + 1, outcome, reason));
  }

  private void note(int index, FleetResult result) {
    results.put(index, result);
    if (result.outcome().isFailure()) {
      failures++;
    }
  }

  boolean hasEnded(FleetRun run) {
    return results.containsKey(run.index());
  }

  int failures() {
    return failures;
  }

  int size() {
    return size;
  }

  /** Those of which nothing is known yet. */
  Set<FleetRun> open() {
    Set<FleetRun> open = new HashSet<>();
    runs.values().stream().filter(run -> !hasEnded(run)).forEach(open::add);
    return open;
  }

  List<FleetResult> results() {
    return List.copyOf(results.values());
  }
}
