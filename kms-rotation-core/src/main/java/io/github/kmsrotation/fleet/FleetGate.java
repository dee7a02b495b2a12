package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.StepGate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Holds runs while the fleet is paused or cancelled, and their CUTOVER until the window opens. */
record FleetGate(FleetControl control, MaintenanceWindow window, Clock clock) implements StepGate {

  /** The fleet does not wait for this to pass: it is woken when its control changes. */
  private static final Duration UNTIL_TOLD = Duration.ofMinutes(1);

  @Override
  public Optional<Duration> holds(RotationPlan plan, StepDescription step) {
    if (control.isPaused() || control.isCancelled()) {
      return Optional.of(UNTIL_TOLD);
    }
    return step.phase() == Phase.CUTOVER ? closedFor() : Optional.empty();
  }

  /** How long the window stays closed; empty if it is open. */
  Optional<Duration> closedFor() {
    Instant now = clock.instant();
    Duration closed = Duration.between(now, window.nextOpening(now));
    return closed.isNegative() || closed.isZero() ? Optional.empty() : Optional.of(closed);
  }
}
