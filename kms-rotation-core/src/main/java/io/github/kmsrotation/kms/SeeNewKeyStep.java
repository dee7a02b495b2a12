package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/**
 * Proves a manual rotation: what is asked of the alias is done by the new key, and the old key,
 * still enabled, understands what it made before.
 */
final class SeeNewKeyStep extends KeyStep {

  static final String ID = "see-new-key";

  private final List<MoveAliasesStep.Alias> aliases;

  SeeNewKeyStep(Env env, List<MoveAliasesStep.Alias> aliases) {
    super(
        new StepDescription(
            ID,
            "See that the new key serves, and the old one for what was made with it",
            Phase.OBSERVE,
            List.of(),
            List.of(),
            Undo.NOTHING_TO_UNDO),
        env);
    this.aliases = List.copyOf(aliases);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<KeyMetadata> old = kms.describe(context, region(), key());
    if (old.isEmpty()) {
      return gone(key());
    }
    String newKey = env.newKey(context).orElseThrow().value();
    List<Evidence> evidence = new ArrayList<>();
    for (MoveAliasesStep.Alias alias : aliases) {
      see(context, alias, evidence);
    }
    for (String region : KeySteps.regions(plan)) {
      evidence.add(lateAliases(context, region));
    }
    evidence.add(new Evidence("KeyState of the old key", "Enabled", old.get().keyStateAsString()));
    evidence.add(
        new Probe(context, kms.in(region()), plan.runId())
            .understand(
                "what the old key made before", key(), old.get(), context.factsOf(ProbeStep.ID)));
    return judged(
        Facts.of(Map.of("oldKeyArn", key(), CreateKeyStep.NEW_KEY, newKey)),
        evidence,
        "The keys do not serve as they should",
        "Look at them in KMS. Resume when it is mended, or roll back.");
  }

  /** Callers by an alias that was made since the plan would stay with the old key unnoticed. */
  private Evidence lateAliases(StepContext context, String region) {
    List<String> planned =
        aliases.stream().filter(a -> a.region().equals(region)).map(a -> a.name()).toList();
    List<String> late =
        kms.aliases(context, region, Env.in(region, env.key())).stream()
            .filter(name -> !planned.contains(name))
            .toList();
    return new Evidence(
        "aliases of the old key in " + region + " that the plan does not know",
        List.of().toString(),
        late.toString());
  }

  /** Makes a probe by the alias and has the new key itself understand it. */
  private void see(StepContext context, MoveAliasesStep.Alias alias, List<Evidence> evidence) {
    String newKey = Env.in(alias.region(), env.newKey(context).orElseThrow());
    Optional<KeyMetadata> behind = kms.describe(context, alias.region(), alias.name());
    String where = alias.name() + " in " + alias.region();
    evidence.add(
        new Evidence(where + " leads to", newKey, behind.map(KeyMetadata::arn).orElse("nothing")));
    if (behind.isPresent()) {
      Probe probe = new Probe(context, kms.in(alias.region()), plan.runId());
      evidence.add(
          probe.understand(
              where + " makes what the new key understands",
              newKey,
              behind.get(),
              probe.make(alias.name(), behind.get())));
    }
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return StepOutcome.done();
  }
}
