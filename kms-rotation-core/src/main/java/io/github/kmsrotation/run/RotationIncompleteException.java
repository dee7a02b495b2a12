package io.github.kmsrotation.run;

import io.github.kmsrotation.error.RotationException;

/** A run that was required to be complete is not. The report says why and what to do. */
public final class RotationIncompleteException extends RotationException {

  private static final long serialVersionUID = 1L;

  private final transient RotationReport report;

  RotationIncompleteException(RotationReport report) {
    super(
        "Run "
            + report.runId()
            + " of "
            + report.plan().targetId()
            + " is "
            + report.status()
            + ": "
            + report.reason());
    report.failure().ifPresent(this::initCause);
    this.report = report;
  }

  /**
   * What happened.
   *
   * @return the report
   */
  public RotationReport report() {
    return report;
  }
}
