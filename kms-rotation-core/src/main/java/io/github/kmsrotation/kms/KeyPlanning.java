package io.github.kmsrotation.kms;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyManager;
import io.github.kmsrotation.key.RotationDecision;
import io.github.kmsrotation.key.RotationDecision.AutomaticRotation;
import io.github.kmsrotation.key.RotationDecision.ManualRotation;
import io.github.kmsrotation.key.RotationDecision.NotPossible;
import io.github.kmsrotation.key.RotationDecision.NothingToDo;
import io.github.kmsrotation.key.RotationDecision.OnDemandRotation;
import io.github.kmsrotation.key.RotationPolicy;
import io.github.kmsrotation.kms.KeySteps.Way;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.KeyTarget;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Decides how a key is rotated, and makes the plan for it. */
final class KeyPlanning {

  private final PlanRequest<KeyTarget> request;
  private final KeyOptions options;
  private final Kms kms;
  private final String home;
  private final Findings findings;

  KeyPlanning(PlanRequest<KeyTarget> request, KeyOptions options, Kms kms, String home) {
    this.request = request;
    this.options = options;
    this.kms = kms;
    this.home = home;
    this.findings = new Findings(request.target().id());
  }

  RotationPlan plan() {
    checkRequest();
    findings.throwIfAny(what());
    Optional<KeyFacts> found = findings.look(() -> request.keys().read(request.target().id()));
    findings.throwIfAny(what());
    KeyFacts key = found.orElseThrow();
    RotationDecision decision =
        RotationPolicy.decide(key, request.why(), options.rotationPeriodInDays());
    Way way = way(key, decision);
    findings.throwIfAny(what());
    KeyPreflight preflight = new KeyPreflight(request, options, kms, key, findings);
    SortedMap<String, String> attributes = preflight.attributes(way, decision);
    findings.throwIfAny(what());
    return build(key, decision, way, attributes);
  }

  private void checkRequest() {
    TargetKey.checkRegion(request.target().id(), home, findings);
    if (request.targetKey().isPresent()) {
      findings.problem(
          "A plan for a key makes the new key itself, if one is needed.",
          "Leave out toKey(...). To move data to a key of yours, plan for the data: forRds(...).");
    }
  }

  private Way way(KeyFacts key, RotationDecision decision) {
    if (decision instanceof NothingToDo) {
      return Way.NOTHING;
    }
    if (decision instanceof AutomaticRotation) {
      return Way.AUTOMATIC;
    }
    if (decision instanceof OnDemandRotation) {
      return Way.ON_DEMAND;
    }
    if (decision instanceof NotPossible not) {
      findings.problem(not.rationale().text(), not.wayOut());
    } else if (decision instanceof ManualRotation manual && key.manager() != KeyManager.CUSTOMER) {
      findings.problem(
          manual.rationale().text(),
          "Create a customer managed key, and plan for each resource that is under this one:"
              + " forRds(...) with toKey(...).");
    }
    return Way.NEW_KEY;
  }

  private RotationPlan build(
      KeyFacts key, RotationDecision decision, Way way, SortedMap<String, String> attributes) {
    String arn = key.arn().value();
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), request.clock().instant())
            .target(KeyTarget.KIND, request.target().id())
            .place(key.arn().region(), key.arn().accountId())
            .keys(
                request.why().name(),
                Optional.of(arn),
                way == Way.NEW_KEY ? Optional.empty() : Optional.of(arn))
            .rationale(decision.rationale().lines())
            .warnings(findings.warnings())
            .attributes(attributes);
    KeyStep.Env env = new KeyStep.Env(plan.build(), kms, options);
    List<Step> steps = KeySteps.of(env);
    return plan.steps(steps.stream().map(Step::description).toList()).build();
  }

  private String what() {
    return "KMS key '" + request.target().id() + "'";
  }

  static void checkOptions(RotationPlan plan, KeyOptions options) {
    if (KeySteps.imports(plan) && options.keyMaterial().isEmpty()) {
      throw new MissingOptionException(
          "Run "
              + plan.runId()
              + " imports key material. Give the runner KeyOptions with the keyMaterial(...) that"
              + " the plan was made with.");
    }
    if (plan.attributes().containsKey(KeySteps.EXTERNAL_KEY) && options.externalKeyId().isEmpty()) {
      throw new MissingOptionException(
          "Run "
              + plan.runId()
              + " makes a key in an external key store. Give the runner KeyOptions with"
              + " externalKeyId(...).");
    }
  }
}
