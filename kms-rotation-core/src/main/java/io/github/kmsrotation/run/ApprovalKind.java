package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Undo;
import java.util.Optional;

/** Which answer lets a phase begin, and why no lesser one does. */
final class ApprovalKind {

  private final Optional<String> whyIrreversible;

  private ApprovalKind(Optional<String> whyIrreversible) {
    this.whyIrreversible = whyIrreversible;
  }

  static ApprovalKind of(RotationPlan plan, Phase phase) {
    return new ApprovalKind(
        step(plan, phase, Undo.IRREVERSIBLE, "cannot be undone")
            .or(() -> step(plan, phase, Undo.DISRUPTIVE, "may disrupt what cannot be put right"))
            .or(() -> phase == Phase.RETIRE ? Optional.of("RETIRE destroys") : Optional.empty()));
  }

  private static Optional<String> step(RotationPlan plan, Phase phase, Undo undo, String what) {
    return plan.steps().stream()
        .filter(step -> step.phase() == phase && step.undo() == undo)
        .map(step -> "step '" + step.id() + "' " + what)
        .findFirst();
  }

  boolean isIrreversible() {
    return whyIrreversible.isPresent();
  }

  /** After "it takes" or the like. */
  String inWords() {
    return whyIrreversible
        .map(why -> "Approval.iAcceptThatThisCannotBeUndone, because " + why)
        .orElse("Approval.granted");
  }
}
