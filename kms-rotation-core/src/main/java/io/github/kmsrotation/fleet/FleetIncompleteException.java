package io.github.kmsrotation.fleet;

import io.github.kmsrotation.error.RotationException;

/** A fleet that was required to be complete is not. The report says of each run why. */
public final class FleetIncompleteException extends RotationException {

  private static final long serialVersionUID = 1L;

  private final transient FleetReport report;

  FleetIncompleteException(FleetReport report) {
    super(
        "Fleet "
            + report.fleetId()
            + " is not complete: "
            + report.summary()
            + ". The first that did not succeed: "
            + report.results().stream()
                .filter(result -> result.outcome() != FleetOutcome.SUCCEEDED)
                .findFirst()
                .map(FleetResult::toString)
                .orElse("none"));
    this.report = report;
  }

  /**
   * What happened.
   *
   * @return the report, whose {@link FleetReport#whatIsLeft} can be submitted again
   */
  public FleetReport report() {
    return report;
  }
}
