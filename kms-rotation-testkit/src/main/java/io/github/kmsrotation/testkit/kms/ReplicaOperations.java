package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Replicas of multi-Region keys, and which of the keys is the primary one.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html">Multi-Region
 *     keys</a>
 */
final class ReplicaOperations {

  /** AWS says: a few seconds. */
  private static final Duration CREATION_TAKES = Duration.ofSeconds(10);

  private static final Duration UPDATE_TAKES = Duration.ofSeconds(10);
  private static final String REGION = "([a-z]+-){2,3}\\d+";

  private final KmsKeys keys;
  private final Timeline timeline;

  ReplicaOperations(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.timeline = timeline;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "ReplicateKey",
        Operation.write(
            this::replicate,
            "KeyId",
            "ReplicaRegion",
            "Policy",
            "BypassPolicyLockoutSafetyCheck",
            "Description",
            "Tags"));
    operations.put(
        "UpdatePrimaryRegion", Operation.write(this::updatePrimary, "KeyId", "PrimaryRegion"));
  }

  private Map<String, Object> replicate(AwsRequest request) {
    Params params = request.params();
    KmsKey primary = primary(request);
    String region = region(params, "ReplicaRegion");
    if (region.equals(primary.region)) {
      throw KmsRules.validation("The replica must be in another Region than " + primary.arn);
    }
    if (primary.family.member(region).isPresent()) {
      throw AwsError.badRequest(
          "AlreadyExistsException", "Region " + region + " has a key " + primary.id + " already.");
    }
    Optional<String> policy = KeyPolicies.given(params, request.accountId());
    Map<String, String> tags = TagOperations.checked(params);
    String description = KeyOperations.description(params.text("Description").orElse(""));
    KmsKey replica = keys.replicate(primary.family, region);
    policy.ifPresent(text -> replica.policy = text);
    replica.tags.putAll(tags);
    replica.description = description;
    finishCreationLater(replica);
    return Map.of(
        "ReplicaKeyMetadata", KeyMetadata.of(replica),
        "ReplicaPolicy", replica.policy,
        "ReplicaTags", TagOperations.of(replica));
  }

  private void finishCreationLater(KmsKey replica) {
    KeyState then = replica.state();
    replica.setState(KeyState.CREATING);
    timeline.after(
        CREATION_TAKES,
        () -> {
          if (replica.state() == KeyState.CREATING) {
            replica.setState(then);
          }
        });
  }

  private KmsKey primary(AwsRequest request) {
    KmsKey key = keys.customer(request);
    if (!key.form.multiRegion() || !key.isPrimary()) {
      throw KmsRules.unsupported(key.arn + " is not a multi-Region primary key.");
    }
    StateRules.requireEnabled(key);
    return key;
  }

  private static String region(Params params, String name) {
    String region = params.required(name);
    KmsRules.checkPattern(name, region, REGION);
    return region;
  }

  private Map<String, Object> updatePrimary(AwsRequest request) {
    KmsKey former = primary(request);
    String region = region(request.params(), "PrimaryRegion");
    KmsKey next =
        former
            .family
            .member(region)
            .filter(key -> !key.isPrimary())
            .orElseThrow(
                () ->
                    AwsError.badRequest(
                        "NotFoundException",
                        "Region " + region + " has no replica of " + former.arn + "."));
    StateRules.requireEnabled(next);
    former.setState(KeyState.UPDATING);
    next.setState(KeyState.UPDATING);
    timeline.after(
        UPDATE_TAKES,
        () -> {
          former.family.primaryRegion = region;
          restore(former);
          restore(next);
        });
    return Map.of();
  }

  /** Unless something else has become of the key meanwhile. */
  private static void restore(KmsKey key) {
    if (key.state() == KeyState.UPDATING) {
      key.setState(KeyState.ENABLED);
    }
  }
}
