package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of one run of a fleet. What it did in detail is in its journal: {@code
 * RotationRunner.resume} of a run that has ended reports it without doing anything.
 *
 * @param runId the run
 * @param plan its plan; empty if only the run was named and its journal could not be read
 * @param wave the wave it belongs to, counted from 1
 * @param outcome what became of it
 * @param reason why, and what to do next; empty if it succeeded
 */
public record FleetResult(
    RunId runId, Optional<RotationPlan> plan, int wave, FleetOutcome outcome, String reason) {

  /** Checks for null. */
  public FleetResult {
    Objects.requireNonNull(runId, "runId");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(reason, "reason");
  }

  @Override
  public String toString() {
    return runId
        + plan.map(known -> " of " + known.kind() + " '" + known.targetId() + "'").orElse("")
        + ": "
        + outcome
        + (reason.isEmpty() ? "" : ": " + reason);
  }
}
