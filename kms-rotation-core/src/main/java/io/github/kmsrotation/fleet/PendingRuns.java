package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.RotationPlan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Runs that wait for their turn. Those that limits treat alike stand in one line, so that only the
 * heads of the lines have to be asked.
 */
final class PendingRuns {

  /** What limits look at. */
  record Line(String kind, String accountId, String region) {
    static Line of(RotationPlan plan) {
      return new Line(plan.kind(), plan.accountId(), plan.region());
    }
  }

  private final Map<Line, Deque<FleetRun>> lines = new LinkedHashMap<>();
  private int size;

  void addAll(List<FleetRun> runs) {
    runs.stream()
        .sorted(FleetRun.BY_TURN)
        .forEach(
            run -> lines.computeIfAbsent(Line.of(run.plan()), line -> new ArrayDeque<>()).add(run));
    size += runs.size();
  }

  /** Takes the one whose turn is first among those that may begin. */
  Optional<FleetRun> poll(Predicate<FleetRun> mayBegin) {
    Optional<FleetRun> first =
        lines.values().stream()
            .flatMap(line -> Optional.ofNullable(line.peek()).stream())
            .filter(mayBegin)
            .min(FleetRun.BY_TURN);
    first.ifPresent(
        run -> {
          lines.getOrDefault(Line.of(run.plan()), new ArrayDeque<>()).remove();
          size--;
        });
    return first;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Takes all that are left. */
  List<FleetRun> drain() {
    List<FleetRun> left = new ArrayList<>();
    lines.values().forEach(left::addAll);
    lines.clear();
    size = 0;
    return left;
  }
}
