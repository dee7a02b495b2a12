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

  /**
   * The question in words, with what somebody needs to answer it: which answer it takes; the
   * target, the keys, the reason and the warnings; what the phase will call and whether it can be
   * undone; what is done so far and the evidence, in short.
   *
   * @return several lines of text
   */
  public String describe() {
    return "May "
        + phase
        + " begin? It takes "
        + ApprovalKind.of(plan, phase).inWords()
        + ".\n"
        + plan.describe(phase)
        + "So far:\n"
        + report.describeSteps(step -> step.status() != StepStatus.PENDING);
  }
}
