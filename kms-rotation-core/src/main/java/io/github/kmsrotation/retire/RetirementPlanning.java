package io.github.kmsrotation.retire;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyManager;
import io.github.kmsrotation.key.KeyState;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.KeyRetirementTarget;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.kms.model.GrantListEntry;

/** Finds what stands in the way of retiring a key, and makes the plan for it. */
final class RetirementPlanning {

  private final PlanRequest<KeyRetirementTarget> request;
  private final KeyRetirementOptions options;
  private final List<KeyUsageSource> sources;
  private final Instant now;
  private final Findings findings;

  RetirementPlanning(
      PlanRequest<KeyRetirementTarget> request,
      KeyRetirementOptions options,
      List<KeyUsageSource> sources) {
    this.request = request;
    this.options = options;
    this.sources = List.copyOf(sources);
    this.now = request.clock().instant();
    this.findings = new Findings(request.target().id());
  }

  RotationPlan plan() {
    checkRequest();
    findings.throwIfAny(what());
    Optional<KeyFacts> found = findings.look(() -> request.keys().read(request.target().id()));
    findings.throwIfAny(what());
    KeyFacts facts = found.orElseThrow();
    checkKey(facts);
    findings.throwIfAny(what());
    RetiredKey key = new RetiredKey(request.kms(), facts.arn());
    look(key);
    findings.throwIfAny(what());
    return build(facts);
  }

  private String what() {
    return "KMS key '" + request.target().id() + "', which is to be retired";
  }

  private void checkRequest() {
    String home = request.kms().serviceClientConfiguration().region().id();
    TargetKey.checkRegion(request.target().id(), home, findings);
    if (request.targetKey().isPresent()) {
      findings.problem(
          "A key is retired, not replaced.",
          "Leave out toKey(...). Move what is under the key by plans of its own: forRds(...).");
    }
    if (sources.isEmpty() && !options.areUnaskedServicesAccepted()) {
      findings.problem(
          "No artifact on the class path tells what a service has under the key.",
          "Add those of the services that you use, such as kms-rotation-rds. If only programs of"
              + " yours use the key, say KeyRetirementOptions iAcceptThatNoServiceIsAsked().");
    }
  }

  private void checkKey(KeyFacts key) {
    if (key.manager() != KeyManager.CUSTOMER) {
      findings.problem(
          "The key is managed by AWS, which lets nobody disable or delete it.",
          "Leave it: it costs nothing while nothing uses it.");
    } else if (key.state() == KeyState.PENDING_DELETION
        || key.state() == KeyState.PENDING_REPLICA_DELETION) {
      findings.problem(
          "The key is " + key.state() + " already.",
          "Let the run that scheduled it be, or cancel the deletion and plan again.");
    } else if (key.state() != KeyState.ENABLED && key.state() != KeyState.DISABLED) {
      findings.problem(
          "The key is " + key.state() + ", and a retirement could not bring it back.",
          "Have it enabled or disabled: import its material, connect its key store, or wait.");
    }
  }

  private void look(RetiredKey key) {
    Inventory inventory =
        new Inventory(key, sources, options, options.isLateUseAccepted(), Optional.empty());
    for (Inventory.Look look : inventory.looks(request.calls(), now)) {
      findings.check(
          () -> {
            for (Notice notice : look.find().get()) {
              findings.problem(notice.resource(), notice.text(), notice.remedy());
            }
          });
    }
    warnAboutServices();
    findings.check(() -> warnAboutUse(LastUsage.read(key, request.calls())));
    findings.check(() -> key.grants(request.calls()).forEach(this::warnAboutGrant));
  }

  private void warnAboutServices() {
    String seen =
        sources.isEmpty()
            ? "No service was asked what it has under the key."
            : "Only this was looked at, in the key's account and Region: "
                + String.join(
                    "; ", sources.stream().map(s -> s.kind() + ": " + s.covers()).toList())
                + ".";
    findings.warning(
        seen,
        "Nothing else was, such as other services (S3, DynamoDB, EFS, Secrets Manager, SQS, SNS,"
            + " CloudWatch Logs), other accounts, and data that programs have encrypted themselves."
            + " Nothing of that can be decrypted once the key is deleted.");
  }

  private void warnAboutUse(LastUsage usage) {
    findings.warning(
        usage.text(),
        "That is no proof: KMS tells of successful uses only, and of none before "
            + InWords.at(usage.trackedSince())
            + ". While the key is disabled, watch CloudTrail for DisabledException; approve RETIRE"
            + " only if there is none.");
  }

  private void warnAboutGrant(GrantListEntry grant) {
    findings.warning(
        "Grant "
            + grant.grantId()
            + " lets "
            + grant.granteePrincipal()
            + " use it: "
            + String.join(", ", grant.operationsAsStrings())
            + ".",
        "A service's grant stands for a resource under the key. Find out which, and move it.");
  }

  private RotationPlan build(KeyFacts key) {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put(Retirement.FORMER_STATE, key.state().name());
    attributes.put(Retirement.OBSERVE_FOR, options.observeFor().toString());
    attributes.put(Retirement.PENDING_WINDOW, String.valueOf(options.pendingWindowInDays()));
    attributes.put(Retirement.LATE_USE_ACCEPTED, String.valueOf(options.isLateUseAccepted()));
    attributes.put(Retirement.SOURCES, Retirement.kinds(sources));
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), now)
            .target(KeyRetirementTarget.KIND, request.target().id())
            .place(key.arn().region(), key.arn().accountId())
            .keys(RotationPlan.KEY_RETIREMENT, Optional.of(key.arn().value()), Optional.empty())
            .rationale(
                List.of(
                    (sources.isEmpty()
                            ? "No service was asked what it has under the key."
                            : "Nothing that was looked at uses the key.")
                        + " AWS advises to disable a key and to"
                        + " watch before its deletion is scheduled, which destroys what is still"
                        + " under it."))
            .warnings(findings.warnings())
            .attributes(attributes);
    List<Step> steps = Retirement.steps(plan.build(), request.kms(), sources, options);
    return plan.steps(steps.stream().map(Step::description).toList()).build();
  }
}
