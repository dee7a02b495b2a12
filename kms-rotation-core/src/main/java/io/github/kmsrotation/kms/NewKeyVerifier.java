package io.github.kmsrotation.kms;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.kms.KeyStep.Env;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.plan.Verifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.MultiRegionKey;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * Compares the new key with the old one in every Region: all that KMS lets one choose for a key. It
 * also has the new key make something and understand it. It does not evaluate policies: that they
 * are equal is all it says.
 */
final class NewKeyVerifier implements Verifier {

  private final Env env;
  private final Kms kms;

  NewKeyVerifier(Env env) {
    this.env = env;
    this.kms = env.kms();
  }

  @Override
  public Verification verify(StepContext context) {
    List<Evidence> evidence = new ArrayList<>(compare(context, env.region()));
    for (String region : KeySteps.replicaRegions(env.plan())) {
      evidence.addAll(compare(context, region));
    }
    String newKey = env.newKey(context).orElseThrow().value();
    evidence.add(
        new Evidence("replicas", replicas(context, env.key().value()), replicas(context, newKey)));
    evidence.add(
        new Evidence(
            "rotation period", period(context, env.key().value()), period(context, newKey)));
    return Verification.of(evidence);
  }

  private String replicas(StepContext context, String key) {
    return kms.describe(context, env.region(), key)
        .map(KeyMetadata::multiRegionConfiguration)
        .map(set -> set.replicaKeys().stream().map(MultiRegionKey::region).sorted().toList())
        .map(List::toString)
        .orElse("none");
  }

  private String period(StepContext context, String key) {
    return kms.describe(context, env.region(), key)
        .filter(found -> found.keySpec() == KeySpec.SYMMETRIC_DEFAULT)
        .filter(found -> found.origin() == OriginType.AWS_KMS)
        .flatMap(found -> EnableRotationStep.period(kms.rotation(context, env.region(), key)))
        .map(days -> days + " days")
        .orElse("none");
  }

  private List<Evidence> compare(StepContext context, String region) {
    String oldKey = Env.in(region, env.key());
    String newKey = Env.in(region, env.newKey(context).orElseThrow());
    Optional<KeyMetadata> old = kms.describe(context, region, oldKey);
    Optional<KeyMetadata> made = kms.describe(context, region, newKey);
    if (old.isEmpty() || made.isEmpty()) {
      return List.of(new Evidence(region + " keys", "both there", "one is missing"));
    }
    List<Evidence> evidence = new ArrayList<>(metadata(region, old.get(), made.get()));
    evidence.add(
        new Evidence(
            region + " policy",
            json(kms.policy(context, region, oldKey)),
            json(kms.policy(context, region, newKey))));
    evidence.add(
        new Evidence(
            region + " tags",
            tags(kms.tags(context, region, oldKey)),
            tags(kms.tags(context, region, newKey))));
    evidence.add(
        new Evidence(
            region + " grants to IAM principals",
            grants(kms.grants(context, region, oldKey)),
            grants(kms.grants(context, region, newKey))));
    if (made.get().keyState() == KeyState.ENABLED) {
      Probe probe = new Probe(context, kms.in(region), env.plan().runId());
      evidence.add(
          probe.understand(
              region + " what the new key makes",
              newKey,
              made.get(),
              probe.make(newKey, made.get())));
    }
    return evidence;
  }

  private static List<Evidence> metadata(String region, KeyMetadata old, KeyMetadata made) {
    return List.of(
        new Evidence(region + " KeySpec", old.keySpecAsString(), made.keySpecAsString()),
        new Evidence(region + " KeyUsage", old.keyUsageAsString(), made.keyUsageAsString()),
        new Evidence(region + " Origin", old.originAsString(), made.originAsString()),
        new Evidence(region + " KeyState", "Enabled", made.keyStateAsString()),
        new Evidence(
            region + " Description",
            String.valueOf(old.description()),
            String.valueOf(made.description())),
        new Evidence(
            region + " MultiRegion",
            String.valueOf(old.multiRegion()),
            String.valueOf(made.multiRegion())),
        new Evidence(
            region + " CustomKeyStoreId",
            String.valueOf(old.customKeyStoreId()),
            String.valueOf(made.customKeyStoreId())));
  }

  /** KMS may write a policy in another way than it was given. */
  private static String json(String policy) {
    try {
      return JSON.std.asString(JSON.std.anyFrom(policy));
    } catch (IOException e) {
      return policy;
    }
  }

  private static String tags(List<Tag> tags) {
    TreeMap<String, String> sorted = new TreeMap<>();
    RunTag.userTags(tags).forEach(tag -> sorted.put(tag.tagKey(), tag.tagValue()));
    return sorted.toString();
  }

  private static String grants(List<GrantListEntry> grants) {
    return grants.stream()
        .filter(Grants::canBeCopied)
        .map(grant -> grant.granteePrincipal() + " " + grant.operations() + grant.constraints())
        .sorted()
        .toList()
        .toString();
  }
}
