package io.github.kmsrotation.plan;

import java.util.function.Predicate;

/** A plan in words. */
final class PlanText {

  private PlanText() {}

  static String of(RotationPlan plan) {
    return of(plan, step -> true);
  }

  /** Only some of the steps, numbered as in the whole plan. */
  static String of(RotationPlan plan, Predicate<StepDescription> shown) {
    StringBuilder text = new StringBuilder();
    text.append("Rotation plan ").append(plan.runId()).append(": ").append(plan.kind());
    text.append(" '").append(plan.targetId()).append("' in ").append(plan.region());
    text.append(", account ").append(plan.accountId()).append('\n');
    text.append("  reason    ").append(plan.reason()).append('\n');
    text.append("  key now   ").append(plan.currentKeyArn().orElse("none (not encrypted)"));
    text.append("\n  key then  ").append(plan.targetKeyArn().orElse(noneYet(plan)));
    text.append('\n');
    plan.rationale().forEach(line -> text.append("  ").append(line).append('\n'));
    if (!plan.warnings().isEmpty()) {
      text.append("Before you run it, know:\n");
      plan.warnings().forEach(warning -> text.append("  ! ").append(warning).append('\n'));
    }
    text.append("Steps:\n");
    int number = 1;
    for (StepDescription step : plan.steps()) {
      if (shown.test(step)) {
        step(text, number, step);
      }
      number++;
    }
    return text.toString();
  }

  private static String noneYet(RotationPlan plan) {
    return plan.reason().equals(RotationPlan.KEY_RETIREMENT)
        ? "none (it is retired)"
        : "a new one, which the run makes";
  }

  private static void step(StringBuilder text, int number, StepDescription step) {
    text.append(String.format("  %2d. %-8s %s%n", number, step.phase(), step.title()));
    if (!step.calls().isEmpty()) {
      text.append("               calls   ").append(String.join(", ", step.calls())).append('\n');
    }
    if (!step.creates().isEmpty()) {
      text.append("               makes   ").append(String.join(", ", step.creates())).append('\n');
    }
    if (!step.undoCalls().isEmpty()) {
      text.append("               only if rolled back: ");
      text.append(String.join(", ", step.undoCalls())).append('\n');
    }
    if (step.undo() == Undo.KEPT) {
      text.append("               stays if rolled back\n");
    } else if (step.undo() == Undo.IRREVERSIBLE) {
      text.append("               CANNOT BE UNDONE, needs an approval that says so\n");
    } else if (step.undo() == Undo.DISRUPTIVE) {
      text.append("               MAY DISRUPT what cannot be put right, needs such an approval\n");
    }
  }
}
