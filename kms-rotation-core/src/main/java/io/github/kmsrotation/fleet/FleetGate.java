package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.StepGate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds runs while the fleet is paused or cancelled, their CUTOVER until the window opens, and each
 * step until AWS's quotas and rates have room for it.
 */
record FleetGate(
    FleetControl control, MaintenanceWindow window, Places places, Turns turns, Clock clock)
    implements StepGate {

  /** The fleet does not wait for this to pass: it is told when its control or a place changes. */
  private static final Duration UNTIL_TOLD = Duration.ofMinutes(1);

  @Override
  public Optional<Duration> holds(RotationPlan plan, StepDescription step) {
    Optional<Duration> shut = isShut(step);
    if (shut.isPresent()) {
      return shut;
    }
    return places.enter(plan, step) ? turns.until(plan, step) : Optional.of(UNTIL_TOLD);
  }

  private Optional<Duration> isShut(StepDescription step) {
    if (control.isPaused() || control.isCancelled()) {
      return Optional.of(UNTIL_TOLD);
    }
    return step.phase() == Phase.CUTOVER ? closedFor() : Optional.empty();
  }

  /** How long to wait before a step that was held is asked for again. */
  Duration heldFor(RunId run, StepDescription step) {
    return isShut(step).orElseGet(() -> turns.left(run));
  }

  /** How long the window stays closed; empty if it is open. */
  Optional<Duration> closedFor() {
    Instant now = clock.instant();
    Duration closed = Duration.between(now, window.nextOpening(now));
    return closed.isNegative() || closed.isZero() ? Optional.empty() : Optional.of(closed);
  }

  void forget(RunId run) {
    places.leave(run);
    turns.forget(run);
  }
}
