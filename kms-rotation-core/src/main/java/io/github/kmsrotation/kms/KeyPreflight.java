package io.github.kmsrotation.kms;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyKind;
import io.github.kmsrotation.key.KeyOrigin;
import io.github.kmsrotation.key.MultiRegionRole;
import io.github.kmsrotation.key.RotationDecision;
import io.github.kmsrotation.key.RotationDecision.AutomaticRotation;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.kms.KeySteps.Way;
import io.github.kmsrotation.kms.MoveAliasesStep.Alias;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.KeyTarget;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.MultiRegionKey;
import software.amazon.awssdk.services.kms.model.Tag;

/** What stands in the way of rotating a key, what a person should know, and what the steps need. */
final class KeyPreflight {

  private static final int MOST_TAGS = 50;
  private static final int FEW_ROTATIONS_LEFT = 5;

  private final PlanRequest<KeyTarget> request;
  private final KeyOptions options;
  private final Kms kms;
  private final KeyFacts key;
  private final Findings findings;
  private final String arn;
  private final String region;

  KeyPreflight(
      PlanRequest<KeyTarget> request,
      KeyOptions options,
      Kms kms,
      KeyFacts key,
      Findings findings) {
    this.request = request;
    this.options = options;
    this.kms = kms;
    this.key = key;
    this.findings = findings;
    this.arn = key.arn().value();
    this.region = key.arn().region();
  }

  /** Checks everything and notes what the steps need. */
  SortedMap<String, String> attributes(Way way, RotationDecision decision) {
    SortedMap<String, String> attributes = new TreeMap<>();
    boolean imports =
        key.origin() == KeyOrigin.EXTERNAL && (way == Way.ON_DEMAND || way == Way.NEW_KEY);
    attributes.put(KeySteps.WAY, way.name());
    attributes.put(KeySteps.SPEC, key.spec());
    attributes.put(KeySteps.IMPORTS, String.valueOf(imports));
    attributes.put(KeySteps.REPLICA_REGIONS, "");
    attributes.put(KeySteps.ALIASES, "");
    warnAboutExpiry();
    switch (way) {
      case NOTHING -> {}
      case AUTOMATIC -> automatic((AutomaticRotation) decision, attributes);
      case ON_DEMAND -> onDemand(imports, attributes);
      case NEW_KEY -> newKey(imports, attributes);
    }
    return attributes;
  }

  private void automatic(AutomaticRotation decision, SortedMap<String, String> attributes) {
    attributes.put(KeySteps.PERIOD, String.valueOf(decision.periodInDays()));
    key.schedule()
        .periodInDays()
        .ifPresent(days -> attributes.put(KeySteps.FORMER_PERIOD, String.valueOf(days)));
  }

  private void onDemand(boolean imports, SortedMap<String, String> attributes) {
    attributes.put(KeySteps.FORMER_MATERIAL, key.currentMaterialId().orElseThrow());
    int left = key.onDemandRotationsLeft();
    if (left <= FEW_ROTATIONS_LEFT) {
      findings.warning(
          "It has "
              + left
              + " of "
              + KeyFacts.MOST_ON_DEMAND_ROTATIONS
              + " on-demand rotations left.",
          "AWS does not raise that quota: after them only a new key helps. Prefer automatic"
              + " rotation where it is supported.");
    }
    checkClaim();
    findings.check(() -> checkUse());
    if (imports) {
      checkMaterial();
      findings.check(() -> checkPending());
      attributes.put(KeySteps.REPLICA_REGIONS, String.join(",", replicaRegions()));
    }
  }

  private void checkPending() {
    ImportNewMaterialStep.pending(kms.materials(request.calls(), region, arn))
        .ifPresent(
            entry ->
                findings.problem(
                    "Key material " + entry.keyMaterialId() + " is pending rotation already.",
                    "Rotate to it (RotateKeyOnDemand), or delete it (DeleteImportedKeyMaterial with"
                        + " its id); then plan again."));
  }

  private void newKey(boolean imports, SortedMap<String, String> attributes) {
    if (key.role() == MultiRegionRole.REPLICA) {
      findings.problem(
          "The key is a replica of a multi-Region key.",
          "Plan for the primary key, in its Region: its replicas go with it.");
      return;
    }
    checkClaim();
    findings.check(() -> checkUse());
    if (imports) {
      checkMaterial();
    }
    if (key.origin() == KeyOrigin.EXTERNAL_KEY_STORE) {
      attributes.put(KeySteps.EXTERNAL_KEY, "true");
      if (options.externalKeyId().isEmpty()) {
        findings.problem(
            "A new key in an external key store stands for another key there, and none is named.",
            "Create one in the external key manager and give KeyOptions its externalKeyId(...).");
      }
    }
    List<String> replicas = replicaRegions();
    List<String> everywhere = new ArrayList<>(List.of(region));
    everywhere.addAll(replicas);
    List<String> aliases = new ArrayList<>();
    CarriedAccess access = new CarriedAccess();
    everywhere.forEach(where -> look(where, aliases, access));
    attributes.put(KeySteps.REPLICA_REGIONS, String.join(",", replicas));
    attributes.put(KeySteps.ALIASES, String.join(",", aliases));
    key.schedule()
        .periodInDays()
        .ifPresent(days -> attributes.put(KeySteps.PERIOD, String.valueOf(days)));
    warnAboutNewKey(aliases);
    if (request.why() == RotationReason.SUSPECTED_COMPROMISE) {
      warnAboutAccess(access);
    }
  }

  private void warnAboutAccess(CarriedAccess access) {
    findings.warning(
        "Whoever may use the old key may use the new one: its key policy and its grants are carried"
            + " over, with "
            + String.join(", ", access.principals())
            + ".",
        "If one of them may be the leak, take its access away from the old key (PutKeyPolicy,"
            + " RevokeGrant, IAM), and make the plan then.");
  }

  private void look(String where, List<String> aliases, CarriedAccess access) {
    String here = KeyStep.Env.in(where, key.arn());
    findings.check(
        () ->
            kms.aliases(request.calls(), where, here)
                .forEach(alias -> aliases.add(new Alias(where, alias).toString())));
    findings.check(() -> lookAtGrants(where, here, access));
    findings.check(() -> lookAtPolicy(where, here, access));
    if (!where.equals(region)) {
      findings.check(() -> checkTags(where, kms.tags(request.calls(), where, here)));
    }
  }

  private void lookAtGrants(String where, String here, CarriedAccess access) {
    for (GrantListEntry grant : kms.grants(request.calls(), where, here)) {
      access.add(grant);
      if (!Grants.canBeCopied(grant)) {
        findings.warning(
            "The " + Grants.describe(grant) + " in " + where + " cannot be created on the new key.",
            "It belongs to a resource that stays under the old key; the service makes its own once"
                + " the resource is moved.");
      }
    }
  }

  private void lookAtPolicy(String where, String here, CarriedAccess access) {
    String policy = kms.policy(request.calls(), where, here);
    access.addPolicy(policy);
    if (policy.contains(key.arn().keyId())) {
      findings.warning(
          "Its key policy in " + where + " names the key itself.",
          "The new key gets the same text. Mend it after the rotation.");
    }
  }

  private void warnAboutNewKey(List<String> aliases) {
    findings.warning(
        "What was made with the old key, be it encrypted or signed, needs it further; it stays"
            + " enabled.",
        "Move data by plans of its own; retire the old key only when nothing needs it any more.");
    if (key.kind() == KeyKind.ASYMMETRIC) {
      findings.warning(
          "The new key has another public key.",
          "Who verifies, or encrypts outside of KMS, has to learn it (GetPublicKey) before"
              + " CUTOVER.");
    }
    if (!aliases.isEmpty()) {
      findings.warning(
          "A roll-back after the aliases were moved keeps the new key, as data may be under it.",
          "Retire it then by a plan of its own (forKeyRetirement), once nothing needs it.");
    }
    if (aliases.isEmpty()) {
      findings.warning(
          "No alias leads to the key.",
          "Nothing begins to use the new key by itself: have callers name it, best by an alias.");
    }
  }

  private void checkClaim() {
    Optional<List<Tag>> tags = findings.look(() -> kms.tags(request.calls(), region, arn));
    tags.flatMap(RunTag::runOf)
        .ifPresent(
            run ->
                findings.problem(
                    "Run " + run + " is rotating it: the key has the tag " + RunTag.KEY + ".",
                    "Resume that run or roll it back. Of a run that is lost, remove the tag."));
    tags.ifPresent(found -> checkTags(region, found));
  }

  private void checkTags(String where, List<Tag> tags) {
    if (tags.size() >= MOST_TAGS) {
      findings.problem(
          "It has " + tags.size() + " tags in " + where + ", and the run needs one more.",
          "Remove a tag: KMS allows " + MOST_TAGS + ".");
    }
  }

  /** Whether the caller may use the key, which probes need, without using it. */
  private void checkUse() {
    Optional<KeyMetadata> metadata = kms.describe(request.calls(), region, arn);
    metadata.ifPresent(
        found -> new Probe(request.calls(), kms.in(region), request.runId()).rehearse(arn, found));
  }

  private void checkMaterial() {
    Optional<KeyMaterialSource> source = options.keyMaterial();
    if (source.isEmpty()) {
      findings.problem(
          "Its key material is imported, and there is no source of new material.",
          "Give KeyOptions a keyMaterial(...).");
      return;
    }
    checkMaterial(
        new Material(
            source.get(),
            Material.request(request.runId(), key.arn(), key.spec(), Optional.empty()),
            options),
        findings);
  }

  /** Whether the source gives material that the key can take. */
  static void checkMaterial(Material material, Findings findings) {
    try {
      material
          .problem()
          .ifPresent(
              problem ->
                  findings.problem(problem, "Have your KeyMaterialSource give what is asked for."));
    } catch (UncheckedIOException e) {
      findings.problem(
          String.valueOf(e.getMessage()) + ".", "Have the material ready, and plan again.");
    } catch (RuntimeException e) {
      findings.problem("Your KeyMaterialSource failed: " + e + ".", "Mend it, and plan again.");
    }
  }

  private List<String> replicaRegions() {
    return kms.describe(request.calls(), region, arn)
        .map(KeyMetadata::multiRegionConfiguration)
        .map(
            configuration ->
                configuration.replicaKeys().stream().map(MultiRegionKey::region).sorted().toList())
        .orElse(List.of());
  }

  private void warnAboutExpiry() {
    key.materialExpiresAt()
        .ifPresent(
            at ->
                findings.warning(
                    "Imported key material of it expires at " + InWords.at(at) + ".",
                    "From then on the key is unusable, for decryption too, until the same material"
                        + " is imported again (RotationPlanner.forKeyMaterial). New material does"
                        + " not change that."));
  }
}
