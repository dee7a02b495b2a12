package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.spi.Leftover;
import java.util.List;
import java.util.Optional;

/**
 * What a sweep found, and what became of it.
 *
 * @param journaledAs the entry of the journal that tells of the removals; empty if none was tried
 * @param findings what was found
 */
public record SweepReport(Optional<RunId> journaledAs, List<Finding> findings) {

  /** Copies the findings. */
  public SweepReport {
    findings = List.copyOf(findings);
  }

  /** What became of something. */
  public enum Fate {
    /** Its removal was asked for, and AWS took it. */
    REMOVED,
    /** It may go, and nobody approved that. */
    NOT_APPROVED,
    /** It stays on purpose. */
    KEPT,
    /** Its run has not ended, or somebody has it: resume it or roll it back. */
    RUN_NOT_ENDED,
    /** The journal does not know its run. */
    RUN_UNKNOWN,
    /** Its removal failed, or nobody knows: sweep again. */
    FAILED
  }

  /**
   * One thing.
   *
   * @param leftover what it is
   * @param fate what became of it
   * @param reason why, in words
   */
  public record Finding(Leftover leftover, Fate fate, String reason) {}

  /**
   * What met that fate.
   *
   * @param fate the fate
   * @return the ids of the resources, in the order of finding
   */
  public List<String> resources(Fate fate) {
    return findings.stream()
        .filter(finding -> finding.fate() == fate)
        .map(finding -> finding.leftover().resource())
        .toList();
  }
}
