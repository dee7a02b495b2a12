package io.github.kmsrotation.run;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What happened in a run so far: data, never a secret.
 *
 * @param plan the plan
 * @param status how the run stands
 * @param reason why it stands so and what to do next; empty when it succeeded, unless something
 *     that the run had opened could not be closed afterwards
 * @param steps every step of the plan, in order
 * @param startedAt when the run was first begun, which may be long after it was planned
 * @param endedAt when the run came to its end or stopped, otherwise when this report was made;
 *     never before {@code startedAt}, even if the clock was put back
 * @param failure what was thrown, if that is why the run stands as it does; nothing stored holds it
 */
public record RotationReport(
    RotationPlan plan,
    RunStatus status,
    String reason,
    List<StepReport> steps,
    Instant startedAt,
    Instant endedAt,
    Optional<RuntimeException> failure) {

  /** Copies the steps. */
  public RotationReport {
    steps = List.copyOf(steps);
  }

  /**
   * The run.
   *
   * @return its id, for resuming and rolling back
   */
  public RunId runId() {
    return plan.runId();
  }

  /**
   * For callers who want an exception when the rotation did not come to its end.
   *
   * @return this report
   * @throws RotationIncompleteException unless the run succeeded
   */
  public RotationReport requireComplete() {
    if (status != RunStatus.SUCCEEDED) {
      throw new RotationIncompleteException(this);
    }
    return this;
  }

  /**
   * The report in words.
   *
   * @return several lines of text
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append("Run ").append(runId()).append(" of ").append(plan.kind()).append(" '");
    text.append(plan.targetId()).append("': ").append(status).append(" after ");
    text.append(InWords.about(Duration.between(startedAt, endedAt))).append('\n');
    if (!reason.isEmpty()) {
      text.append("  ").append(reason).append('\n');
    }
    return text.append(describeSteps(step -> true)).toString();
  }

  String describeSteps(Predicate<StepReport> shown) {
    StringBuilder text = new StringBuilder();
    for (StepReport step : steps.stream().filter(shown).toList()) {
      text.append(String.format("  %-8s %s%n", step.status(), step.step().title()));
      step.facts()
          .values()
          .forEach(
              (name, value) -> text.append(String.format("             %s = %s%n", name, value)));
      describe(text, step.evidence());
    }
    return text.toString();
  }

  /** Tables by name, everything else by count: the JSON form holds it all. */
  private static void describe(StringBuilder text, List<Evidence> evidence) {
    long same = evidence.stream().filter(Evidence::matches).count();
    if (!evidence.isEmpty()) {
      text.append(
          String.format(
              "             %d of %d compared things are equal%n", same, evidence.size()));
    }
    evidence.stream()
        .filter(e -> !e.matches() || e.subject().contains(" table "))
        .limit(20)
        .forEach(e -> text.append(String.format("             %s%n", e)));
  }

  /**
   * The report as JSON.
   *
   * @return one JSON object
   */
  public String toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("runId", runId().value());
    json.put("kind", plan.kind());
    json.put("targetId", plan.targetId());
    plan.currentKeyArn().ifPresent(arn -> json.put("currentKeyArn", arn));
    plan.targetKeyArn().ifPresent(arn -> json.put("targetKeyArn", arn));
    json.put("status", status.name());
    json.put("reason", reason);
    json.put("startedAt", startedAt.toString());
    json.put("endedAt", endedAt.toString());
    json.put("steps", steps.stream().map(RotationReport::json).toList());
    try {
      return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> json(StepReport step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", step.step().id());
    json.put("phase", step.step().phase().name());
    json.put("status", step.status().name());
    json.put("facts", step.facts().values());
    json.put("evidence", step.evidence().stream().map(Evidence::toString).toList());
    return json;
  }
}
