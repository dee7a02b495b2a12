package io.github.kmsrotation.examples;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.RotationListener;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Tells the console how a run goes, and when by AWS's clock. */
class ConsoleProgress implements RotationListener {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private final Clock clock;
  private String lastSeen = "";

  ConsoleProgress(Clock clock) {
    this.clock = clock;
  }

  static String time(Clock clock) {
    return TIME.format(clock.instant());
  }

  @Override
  public void onStepStarted(RotationPlan plan, StepDescription step) {
    System.out.println("  " + time(clock) + "  " + step.phase() + ": " + step.title());
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
      System.out.println("      pieces of evidence, all as expected: " + outcome.evidence().size());
    }
  }
}
