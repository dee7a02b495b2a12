package io.github.kmsrotation.run;

import io.github.kmsrotation.error.RotationException;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;

/** Why a run cannot go on, on its way to the report. */
final class Stop extends Exception {

  private static final long serialVersionUID = 1L;

  private final RunStatus status;
  private final Optional<RuntimeException> failure;

  Stop(RunStatus status, String reason) {
    super(reason);
    this.status = status;
    this.failure = Optional.empty();
  }

  Stop(String reason, RuntimeException failure) {
    super(reason, failure);
    this.status = RunStatus.FAILED;
    this.failure = Optional.of(failure);
  }

  RotationReport describe(RunBook book) {
    String reason = String.valueOf(getMessage());
    RotationReport report =
        book.report(status, status == RunStatus.FAILED ? WayOn.after(reason, book) : reason);
    return new RotationReport(
        report.plan(),
        report.status(),
        report.reason(),
        report.steps(),
        report.startedAt(),
        report.endedAt(),
        failure);
  }

  /** Exceptions of this library say in words what happened; others are named, too. */
  static String inWords(RuntimeException failure) {
    String name =
        failure instanceof RotationException || failure instanceof SdkException
            ? ""
            : failure.getClass().getName() + ": ";
    return name + failure.getMessage();
  }
}
