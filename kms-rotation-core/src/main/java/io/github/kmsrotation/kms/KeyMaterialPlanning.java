package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyKind;
import io.github.kmsrotation.key.KeyOrigin;
import io.github.kmsrotation.key.KeyState;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.kms.KeyMaterialSteps.Wanted;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.KeyMaterialTarget;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.ImportState;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/** Finds which material of a key is missing or expires, and makes the plan to import it again. */
final class KeyMaterialPlanning {

  private static final String DOCUMENT =
      "https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html";

  private final PlanRequest<KeyMaterialTarget> request;
  private final KeyOptions options;
  private final Kms kms;
  private final String home;
  private final Findings findings;

  KeyMaterialPlanning(
      PlanRequest<KeyMaterialTarget> request, KeyOptions options, Kms kms, String home) {
    this.request = request;
    this.options = options;
    this.kms = kms;
    this.home = home;
    this.findings = new Findings(request.target().id());
  }

  RotationPlan plan() {
    checkRequest();
    throwIfAny();
    Optional<KeyFacts> found = findings.look(() -> request.keys().read(request.target().id()));
    throwIfAny();
    KeyFacts key = found.orElseThrow();
    checkKey(key);
    throwIfAny();
    List<Wanted> wanted = findings.look(() -> wanted(key)).orElse(List.of());
    throwIfAny();
    checkWanted(key, wanted);
    throwIfAny();
    return build(key, wanted);
  }

  private void throwIfAny() {
    findings.throwIfAny("Key material of '" + request.target().id() + "'");
  }

  private void checkRequest() {
    TargetKey.checkRegion(request.target().id(), home, findings);
    if (request.targetKey().isPresent()) {
      findings.problem("Material is imported into the key itself.", "Leave out toKey(...).");
    }
    if (options.keyMaterial().isEmpty()) {
      findings.problem(
          "There is no source of the material.", "Give KeyMaterialOptions a keyMaterial(...).");
    }
  }

  private void checkKey(KeyFacts key) {
    if (key.origin() != KeyOrigin.EXTERNAL) {
      findings.problem(
          "Its key material was not imported: its origin is " + key.origin() + ".",
          "Nothing can be imported into it. To rotate it, plan with forKey(...).");
    } else if (key.state() != KeyState.ENABLED && key.state() != KeyState.PENDING_IMPORT) {
      findings.problem(
          "The key is " + key.state() + ".",
          "Have it Enabled or PendingImport: cancel its deletion, enable it, or wait.");
    }
  }

  private List<Wanted> wanted(KeyFacts key) {
    if (key.kind() != KeyKind.SYMMETRIC_ENCRYPTION) {
      boolean missing = key.state() == KeyState.PENDING_IMPORT;
      return missing || key.materialExpiresAt().isPresent()
          ? List.of(
              new Wanted(Optional.empty(), missing ? Optional.empty() : key.materialExpiresAt()))
          : List.of();
    }
    return kms.materials(request.calls(), key.arn().region(), key.arn().value()).stream()
        .filter(entry -> isMissing(entry) || entry.validTo() != null)
        .map(
            entry ->
                new Wanted(
                    Optional.of(entry.keyMaterialId()),
                    isMissing(entry) ? Optional.empty() : Optional.of(entry.validTo())))
        .toList();
  }

  private static boolean isMissing(RotationsListEntry entry) {
    return entry.importState() == ImportState.PENDING_IMPORT;
  }

  private void checkWanted(KeyFacts key, List<Wanted> wanted) {
    if (wanted.isEmpty() && key.state() == KeyState.PENDING_IMPORT) {
      findings.problem(
          "No key material was ever imported into it.",
          "Import its first with ImportKeyMaterial: which one is nobody's to guess.");
    } else if (wanted.isEmpty()) {
      findings.problem(
          "All its key material is there, and none expires.", "Nothing is to be done.");
    } else if (key.kind() != KeyKind.SYMMETRIC_ENCRYPTION && key.state() != KeyState.ENABLED) {
      findings.warning(
          "AWS does not tell whether it has ever had material.",
          "If it has, KMS takes the same only; if not, what is imported is its material for good.");
    }
    for (Wanted material : wanted) {
      checkExpiry(material);
      KeyPreflight.checkMaterial(
          new Material(
              options.keyMaterial().orElseThrow(),
              Material.request(request.runId(), key.arn(), key.spec(), material.id()),
              options),
          findings);
    }
  }

  private void checkExpiry(Wanted material) {
    Optional<Instant> then = options.materialExpiresAfter().map(request.clock().instant()::plus);
    if (then.isPresent()
        && material.expiresAt().filter(at -> !at.isBefore(then.get())).isPresent()) {
      findings.problem(
          "Its key material expires at "
              + material.expiresAt().get()
              + ", and would at "
              + then.get()
              + " when imported again.",
          "Give a longer materialExpiresAfter(...), or leave it out.");
    }
  }

  private RotationPlan build(KeyFacts key, List<Wanted> wanted) {
    Optional<String> arn = Optional.of(key.arn().value());
    boolean usable = key.state() == KeyState.ENABLED;
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), request.clock().instant())
            .target(KeyMaterialTarget.KIND, request.target().id())
            .place(key.arn().region(), key.arn().accountId())
            .keys(RotationReason.MATERIAL_EXPIRES.name(), arn, arn)
            .rationale(
                List.of(
                    "A key is usable while all of its imported material is there. Importing the"
                        + " same material again brings back what expired or was deleted, and sets"
                        + " a new expiry. It rotates nothing.",
                    "See " + DOCUMENT))
            .warnings(findings.warnings())
            .attributes(KeyMaterialSteps.attributes(key.spec(), usable, wanted));
    List<Step> steps = KeyMaterialSteps.of(new KeyStep.Env(plan.build(), kms, options));
    return plan.steps(steps.stream().map(Step::description).toList()).build();
  }
}
