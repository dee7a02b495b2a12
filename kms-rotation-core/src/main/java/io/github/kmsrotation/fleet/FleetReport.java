package io.github.kmsrotation.fleet;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a fleet: data, never a secret. Immutable.
 *
 * @param fleetId the fleet
 * @param waves how many waves it has
 * @param results one for each run, in order; in a report of progress, of those that have ended
 * @param startedAt when this process began with it
 * @param endedAt when the report was made
 */
public record FleetReport(
    RunId fleetId, int waves, List<FleetResult> results, Instant startedAt, Instant endedAt) {

  /** Copies the results. */
  public FleetReport {
    results = List.copyOf(results);
  }

  /**
   * The results of one sort.
   *
   * @param outcome which
   * @return those results, in order
   */
  public List<FleetResult> of(FleetOutcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).toList();
  }

  /**
   * Whether every run succeeded.
   *
   * @return true if so
   */
  public boolean isComplete() {
    return of(FleetOutcome.SUCCEEDED).size() == results.size();
  }

  /**
   * For callers who want an exception when not every rotation came to its end.
   *
   * @return this report
   * @throws FleetIncompleteException unless every run succeeded
   */
  public FleetReport requireComplete() {
    if (!isComplete()) {
      throw new FleetIncompleteException(this);
    }
    return this;
  }

  /**
   * A new fleet of what is left: everything but what succeeded or was rolled back, in the same
   * waves, which have to be approved again. What was begun is gone on with. To go on with the same
   * fleet, and with the approvals that it got, call {@link FleetRunner#resume} instead.
   *
   * @return the fleet, or empty if nothing is left
   */
  public Optional<Fleet> whatIsLeft() {
    List<List<Fleet.Member>> left = new ArrayList<>();
    for (int wave = 1; wave <= waves; wave++) {
      int number = wave;
      left.add(
          results.stream()
              .filter(result -> result.wave() == number && result.outcome().isLeft())
              .map(result -> new Fleet.Member(result.runId(), result.plan()))
              .toList());
    }
    return left.stream().allMatch(List::isEmpty)
        ? Optional.empty()
        : Optional.of(Fleet.of(RunId.random(), left));
  }

  /**
   * How many there are of each outcome that occurs.
   *
   * @return for example {@code 9 SUCCEEDED, 1 FAILED}
   */
  public String summary() {
    List<String> counts = new ArrayList<>();
    for (FleetOutcome outcome : FleetOutcome.values()) {
      int count = of(outcome).size();
      if (count > 0) {
        counts.add(count + " " + outcome);
      }
    }
    return String.join(", ", counts);
  }

  /**
   * The report in words: the counts, and every run that did not succeed with its reason.
   *
   * @return several lines of text
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append("Fleet ").append(fleetId).append(": ").append(summary()).append(" after ");
    text.append(InWords.about(Duration.between(startedAt, endedAt))).append('\n');
    results.stream()
        .filter(result -> result.outcome() != FleetOutcome.SUCCEEDED)
        .forEach(result -> text.append("  ").append(result).append('\n'));
    return text.toString();
  }

  /**
   * The report as JSON.
   *
   * @return one JSON object
   */
  public String toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("fleetId", fleetId.value());
    json.put("startedAt", startedAt.toString());
    json.put("endedAt", endedAt.toString());
    json.put("results", results.stream().map(FleetReport::json).toList());
    try {
      return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> json(FleetResult result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("runId", result.runId().value());
    result
        .plan()
        .ifPresent(
            plan -> {
              json.put("kind", plan.kind());
              json.put("targetId", plan.targetId());
              json.put("region", plan.region());
              json.put("accountId", plan.accountId());
            });
    json.put("wave", result.wave());
    json.put("outcome", result.outcome().name());
    json.put("reason", result.reason());
    return json;
  }
}
