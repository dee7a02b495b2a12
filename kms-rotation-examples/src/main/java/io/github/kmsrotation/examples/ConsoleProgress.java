package io.github.kmsrotation.examples;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.RotationListener;

/** Tells the console how a run goes. */
class ConsoleProgress implements RotationListener {

  private String lastSeen = "";

  @Override
  public void onStepStarted(RotationPlan plan, StepDescription step) {
    System.out.println("  " + step.phase() + ": " + step.title());
  }

  @Override
  public void onStepWaiting(RotationPlan plan, StepDescription step, Condition condition) {
    String seen = condition.resource() + " is " + condition.seen();
    if (!seen.equals(lastSeen)) {
      System.out.println("      ... " + seen);
      lastSeen = seen;
    }
  }

  @Override
  public void onStepDone(RotationPlan plan, StepDescription step, StepOutcome.Done outcome) {
    if (!outcome.evidence().isEmpty()) {
      System.out.println("      compared " + outcome.evidence().size() + " things, all the same");
    }
  }
}
