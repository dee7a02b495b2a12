package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import java.util.List;

/**
 * What an approver is asked: may this phase of this plan begin?
 *
 * @param plan the plan
 * @param phase the phase that is about to begin
 * @param report what has happened so far, evidence of verifiers included
 */
public record ApprovalRequest(RotationPlan plan, Phase phase, RotationReport report) {

  /**
   * The steps that the approval is for.
   *
   * @return the plan's steps of that phase
   */
  public List<StepDescription> steps() {
    return plan.steps().stream().filter(step -> step.phase() == phase).toList();
  }
}
