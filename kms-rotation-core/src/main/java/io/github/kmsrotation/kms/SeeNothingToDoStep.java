package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyFactsReader;
import io.github.kmsrotation.key.RotationDecision;
import io.github.kmsrotation.key.RotationPolicy;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks once more that there is nothing to do, and reports what is known about the key. */
final class SeeNothingToDoStep extends KeyStep {

  private static final String NOTHING = "nothing to do";

  private final RotationReason reason;

  SeeNothingToDoStep(Env env) {
    super(
        new StepDescription(
            "see-key",
            "See that nothing has to be done",
            Phase.VERIFY,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.reason = RotationReason.valueOf(env.plan().reason());
  }

  @Override
  public StepOutcome advance(StepContext context) {
    KeyFacts facts = new KeyFactsReader(kms.in(region()), context).read(key());
    RotationDecision decision =
        RotationPolicy.decide(facts, reason, env.options().rotationPeriodInDays());
    boolean isNothing = decision instanceof RotationDecision.NothingToDo;
    List<Evidence> evidence =
        List.of(new Evidence("decision", NOTHING, isNothing ? NOTHING : decision.toString()));
    if (!isNothing) {
      return new StepOutcome.Blocked(
          "The key has changed since the plan was made: " + decision.rationale().text(),
          "Roll this run back, which has changed nothing, and make a new plan.",
          evidence);
    }
    Map<String, String> known = new TreeMap<>();
    known.put("keyManager", facts.manager().name());
    facts.schedule().next().ifPresent(at -> known.put("nextRotation", at.toString()));
    return new StepOutcome.Done(Facts.of(known), evidence);
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
