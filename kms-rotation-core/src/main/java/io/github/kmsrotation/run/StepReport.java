package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepDescription;
import java.util.List;

/**
 * What became of one step.
 *
 * @param step the step
 * @param status how it stands
 * @param facts what it found or made; empty until it is done
 * @param evidence what a verifier saw; empty for other steps
 */
public record StepReport(
    StepDescription step, StepStatus status, Facts facts, List<Evidence> evidence) {

  /** Copies the evidence. */
  public StepReport {
    evidence = List.copyOf(evidence);
  }
}
