package io.github.kmsrotation.run;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what a run had opened. What cannot be closed hides neither the run's report nor its
 * exception: the run is over by then, and the journal holds all of it.
 */
final class Closing {

  private static final Logger LOG = LoggerFactory.getLogger(RotationRunner.class);

  private Closing() {}

  static RotationReport after(Supplier<RotationReport> work, Runnable closer) {
    RotationReport report = onFailure(closer, work);
    return close(closer).map(unclosed -> told(report, unclosed)).orElse(report);
  }

  /** Closes only if the work fails; otherwise what it led to takes care of that. */
  static <T> T onFailure(Runnable closer, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      close(closer).ifPresent(e::addSuppressed);
      throw e;
    }
  }

  private static Optional<Throwable> close(Runnable closer) {
    try {
      closer.run();
      return Optional.empty();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      LOG.warn("Something that a run had opened could not be closed", e);
      return Optional.of(e);
    }
  }

  private static RotationReport told(RotationReport report, Throwable unclosed) {
    report.failure().ifPresent(failure -> failure.addSuppressed(unclosed));
    String note =
        "Something that the run had opened could not be closed, which changes nothing else: "
            + unclosed;
    return new RotationReport(
        report.plan(),
        report.status(),
        (report.reason() + " " + note).strip(),
        report.steps(),
        report.startedAt(),
        report.endedAt(),
        report.failure());
  }
}
