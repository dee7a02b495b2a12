package io.github.kmsrotation.fleet;

import io.github.kmsrotation.error.RotationException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.spi.AwsQuota;
import io.github.kmsrotation.spi.RotationStrategy;
import io.github.kmsrotation.spi.Strategies;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The places that AWS's quotas have, and who has some or waits for some. A run has its places from
 * the step that needs them on, until it asks for a step that does not. Those that wait are given
 * places in the order in which they came, and keep what they have meanwhile. Safe for use by
 * several threads.
 */
final class Places {

  /** Places of one account in one Region. Runs that wait for equal ones stand in one line. */
  private record Some(String where, Map<AwsQuota, Integer> places) {

    Some plus(Some more) {
      Map<AwsQuota, Integer> sum = new HashMap<>(places);
      more.places().forEach((quota, number) -> sum.merge(quota, number, Integer::sum));
      return new Some(where, Map.copyOf(sum));
    }

    /** What is left of these when others are taken out. */
    Some without(Some others) {
      Map<AwsQuota, Integer> rest = new HashMap<>();
      places.forEach(
          (quota, number) -> {
            int left = number - others.places().getOrDefault(quota, 0);
            if (left > 0) {
              rest.put(quota, left);
            }
          });
      return new Some(where, Map.copyOf(rest));
    }

    boolean isNone() {
      return places.isEmpty();
    }
  }

  private final QuotaSource source;
  private final Consumer<RunId> onPlace;
  private final Map<String, RotationStrategy<?>> strategies = new HashMap<>();
  private final Map<String, Integer> limits = new HashMap<>();
  private final Map<String, Integer> taken = new HashMap<>();
  private final Map<RunId, Some> has = new HashMap<>();
  private final Map<RunId, Some> waits = new HashMap<>();
  private final Map<Some, Deque<RunId>> lines = new LinkedHashMap<>();

  /**
   * @param onPlace is told of a run that waited and has its places now
   */
  Places(QuotaSource source, Consumer<RunId> onPlace) {
    this.source = source;
    this.onPlace = onPlace;
  }

  /** Whether the step has its places. If not, the run waits for them. */
  synchronized boolean enter(RotationPlan plan, StepDescription step) {
    RunId run = plan.runId();
    if (waits.containsKey(run)) {
      return false;
    }
    Some needed = needed(plan, step);
    Some had = has.getOrDefault(run, new Some(needed.where(), Map.of()));
    free(run, had.without(needed));
    Some more = needed.without(had);
    if (more.isNone()) {
      return true;
    }
    requirePossible(plan, needed);
    Deque<RunId> line = lines.computeIfAbsent(more, any -> new ArrayDeque<>());
    if (line.isEmpty() && hasRoom(more)) {
      take(run, more);
      return true;
    }
    line.add(run);
    waits.put(run, more);
    return false;
  }

  synchronized boolean isWaiting(RunId run) {
    return waits.containsKey(run);
  }

  /** Gives back what a run has, and its place in a line. */
  synchronized void leave(RunId run) {
    Some waited = waits.remove(run);
    if (waited != null) {
      lines.getOrDefault(waited, new ArrayDeque<>()).remove(run);
    }
    Some had = has.get(run);
    if (had != null) {
      free(run, had);
    }
  }

  private Some needed(RotationPlan plan, StepDescription step) {
    Map<AwsQuota, Integer> places =
        strategies.computeIfAbsent(plan.kind(), Strategies::find).quotas(plan, step);
    return new Some(InFlight.place(plan), Map.copyOf(places));
  }

  private void requirePossible(RotationPlan plan, Some needed) {
    needed
        .places()
        .forEach(
            (quota, number) -> {
              int limit =
                  limits.computeIfAbsent(
                      key(needed, quota),
                      any -> source.places(quota, plan.accountId(), plan.region()));
              if (limit < number) {
                throw new RotationException(
                    "The quota '"
                        + quota.name()
                        + "' of "
                        + quota.serviceCode()
                        + " has "
                        + limit
                        + " places for this fleet in "
                        + needed.where()
                        + ", and this run needs "
                        + number
                        + ". Free some or have the quota raised, then resume the fleet.");
              }
            });
  }

  private boolean hasRoom(Some some) {
    return some.places().entrySet().stream()
        .allMatch(
            use -> {
              String key = key(some, use.getKey());
              return taken.getOrDefault(key, 0) + use.getValue() <= limits.getOrDefault(key, 0);
            });
  }

  private void take(RunId run, Some more) {
    has.merge(run, more, Some::plus);
    count(more, 1);
  }

  private void free(RunId run, Some some) {
    if (some.isNone()) {
      return;
    }
    has.computeIfPresent(
        run,
        (any, had) -> {
          Some left = had.without(some);
          return left.isNone() ? null : left;
        });
    count(some, -1);
    serve(some.where());
  }

  private void count(Some some, int sign) {
    some.places()
        .forEach((quota, number) -> taken.merge(key(some, quota), sign * number, Integer::sum));
  }

  private void serve(String where) {
    List<RunId> served = new ArrayList<>();
    lines.forEach(
        (some, line) -> {
          while (some.where().equals(where) && !line.isEmpty() && hasRoom(some)) {
            RunId next = line.remove();
            waits.remove(next);
            take(next, some);
            served.add(next);
          }
        });
    served.forEach(onPlace);
  }

  private static String key(Some some, AwsQuota quota) {
    return some.where() + "/" + quota.serviceCode() + "/" + quota.name();
  }
}
