package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.kms.KeyStep.Env;
import io.github.kmsrotation.kms.MoveAliasesStep.Alias;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.VerifyStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Which steps a key plan has, by what planning noted in it. */
final class KeySteps {

  /** How the key is rotated. */
  enum Way {
    NOTHING,
    AUTOMATIC,
    ON_DEMAND,
    NEW_KEY
  }

  static final String WAY = "way";
  static final String SPEC = "keySpec";
  static final String IMPORTS = "importsMaterial";
  static final String PERIOD = "rotationPeriodInDays";
  static final String FORMER_PERIOD = "formerRotationPeriodInDays";
  static final String FORMER_MATERIAL = "formerKeyMaterialId";
  static final String REPLICA_REGIONS = "replicaRegions";
  static final String ALIASES = "aliases";
  static final String EXTERNAL_KEY = "needsExternalKey";

  private KeySteps() {}

  static List<Step> of(Env env) {
    return switch (Way.valueOf(env.plan().attribute(WAY))) {
      case NOTHING -> List.of(new SeeNothingToDoStep(env));
      case AUTOMATIC -> automatic(env);
      case ON_DEMAND -> onDemand(env);
      case NEW_KEY -> newKey(env);
    };
  }

  private static List<Step> automatic(Env env) {
    int period = period(env.plan(), PERIOD).orElseThrow();
    return List.of(
        new EnableRotationStep(env, period, period(env.plan(), FORMER_PERIOD)),
        new SeeScheduleStep(env, period));
  }

  private static List<Step> onDemand(Env env) {
    List<Step> steps = new ArrayList<>();
    steps.add(new ClaimStep(env));
    steps.add(new ProbeStep(env));
    if (imports(env.plan())) {
      steps.add(new ImportNewMaterialStep(env));
      replicaRegions(env.plan()).forEach(to -> steps.add(new ImportIntoReplicaStep(env, to)));
    }
    steps.add(new RotateOnDemandStep(env, env.plan().attribute(FORMER_MATERIAL)));
    steps.add(new SeeMaterialStep(env));
    steps.add(new ReleaseStep(env));
    return steps;
  }

  private static List<Step> newKey(Env env) {
    RotationPlan plan = env.plan();
    List<String> regions = regions(plan);
    List<Alias> aliases = aliases(plan);
    List<Step> steps = new ArrayList<>();
    steps.add(new ClaimStep(env));
    steps.add(new ProbeStep(env));
    steps.add(new CreateKeyStep(env));
    if (imports(plan)) {
      steps.add(new ImportFirstMaterialStep(env, env.region()));
    }
    for (String to : replicaRegions(plan)) {
      steps.add(new ReplicateKeyStep(env, to));
      if (imports(plan)) {
        steps.add(new ImportFirstMaterialStep(env, to));
      }
    }
    period(plan, PERIOD).ifPresent(days -> steps.add(new CopyRotationStep(env, days)));
    regions.forEach(where -> steps.add(new CopyGrantsStep(env, where)));
    steps.add(
        new VerifyStep(
            "verify-new-key",
            "Compare the new key with the old one, and have it make and understand a probe",
            Phase.VERIFY,
            new NewKeyVerifier(env)));
    if (!aliases.isEmpty()) {
      steps.add(new MoveAliasesStep(env, aliases));
    }
    steps.add(new SeeNewKeyStep(env, aliases));
    steps.add(new ReleaseStep(env));
    return steps;
  }

  /** Whether anybody may have begun to use the new key: led by this run, or by a person. */
  static boolean mayBeInUse(StepContext context, Env env, KeyArn newKey) {
    return context.factsOf(MoveAliasesStep.ID).find(MoveAliasesStep.LED).isPresent()
        || context.hasBegun(SeeNewKeyStep.ID)
        || regions(env.plan()).stream()
            .anyMatch(where -> !env.kms().aliases(context, where, Env.in(where, newKey)).isEmpty());
  }

  static List<String> regions(RotationPlan plan) {
    List<String> regions = new ArrayList<>(List.of(plan.region()));
    regions.addAll(replicaRegions(plan));
    return regions;
  }

  static boolean imports(RotationPlan plan) {
    return plan.attribute(IMPORTS).equals("true");
  }

  static List<String> replicaRegions(RotationPlan plan) {
    return list(plan.attribute(REPLICA_REGIONS));
  }

  static List<Alias> aliases(RotationPlan plan) {
    return list(plan.attribute(ALIASES)).stream().map(Alias::parse).toList();
  }

  private static List<String> list(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
  }

  private static Optional<Integer> period(RotationPlan plan, String attribute) {
    return Optional.ofNullable(plan.attributes().get(attribute)).map(Integer::valueOf);
  }
}
