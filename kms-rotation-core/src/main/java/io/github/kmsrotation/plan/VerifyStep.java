package io.github.kmsrotation.plan;

import java.util.List;
import java.util.Objects;

/** A step that runs a {@link Verifier} and blocks the run on a difference. Immutable. */
public final class VerifyStep implements Step {

  private final StepDescription description;
  private final Verifier verifier;

  /**
   * @param id the step's id
   * @param title one line for a person
   * @param phase {@link Phase#VERIFY} or later
   * @param verifier what compares
   */
  public VerifyStep(String id, String title, Phase phase, Verifier verifier) {
    this.description =
        new StepDescription(id, title, phase, List.of(), List.of(), Undo.NOTHING_TO_UNDO);
    this.verifier = Objects.requireNonNull(verifier, "verifier");
  }

  @Override
  public StepDescription description() {
    return description;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Verification found = verifier.verify(context);
    if (found.isPassed()) {
      return new StepOutcome.Done(Facts.none(), found.evidence());
    }
    List<Evidence> differences = found.evidence().stream().filter(e -> !e.matches()).toList();
    return new StepOutcome.Blocked(
        "The replacement differs from the original in "
            + differences.size()
            + (differences.size() == 1 ? " point: " : " points: ")
            + String.join("; ", differences.stream().limit(20).map(Evidence::toString).toList()),
        "Mend the difference and resume, or roll the run back. The original is untouched.",
        found.evidence());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
