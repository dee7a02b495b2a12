package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The operations that make, show, enable and disable keys. */
final class KeyOperations {

  private static final int LONGEST_DESCRIPTION = 8192;

  private final KmsKeys keys;
  private final CustomKeyStores stores;

  KeyOperations(KmsKeys keys, CustomKeyStores stores) {
    this.keys = keys;
    this.stores = stores;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateKey",
        Operation.write(
            this::create,
            "BypassPolicyLockoutSafetyCheck",
            "CustomerMasterKeySpec",
            "CustomKeyStoreId",
            "Description",
            "KeySpec",
            "KeyUsage",
            "MultiRegion",
            "Origin",
            "Policy",
            "Tags",
            "XksKeyId"));
    operations.put("DescribeKey", Operation.read(this::describe, "KeyId"));
    operations.put("ListKeys", Operation.read(this::list, "Limit", "Marker"));
    operations.put("EnableKey", Operation.write(r -> setState(r, KeyState.ENABLED), "KeyId"));
    operations.put("DisableKey", Operation.write(r -> setState(r, KeyState.DISABLED), "KeyId"));
    operations.put(
        "UpdateKeyDescription", Operation.write(this::updateDescription, "KeyId", "Description"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    KeyForm form = form(params);
    Optional<String> policy = KeyPolicies.given(params, request.accountId());
    Map<String, String> tags = TagOperations.checked(params);
    String description = description(params.text("Description").orElse(""));
    KeyStorePlace place = KeyStorePlace.of(request, form, keys, stores);
    KmsKey key = keys.create(request.region(), form, false);
    key.store = place.store();
    key.xksKeyId = place.xksKeyId();
    key.description = description;
    key.tags.putAll(tags);
    policy.ifPresent(text -> key.policy = text);
    return Map.of("KeyMetadata", KeyMetadata.of(key));
  }

  private static KeyForm form(Params params) {
    String spec =
        params
            .text("KeySpec")
            .or(() -> params.text("CustomerMasterKeySpec"))
            .orElse(KeySpecs.SYMMETRIC);
    String usage = params.text("KeyUsage").orElse("ENCRYPT_DECRYPT");
    KeySpecs.check(spec, usage);
    String origin = params.text("Origin").orElse("AWS_KMS");
    KmsRules.checkOneOf(
        "origin", origin, List.of("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"));
    return new KeyForm(spec, usage, origin, params.truth("MultiRegion").orElse(false));
  }

  static String description(String text) {
    KmsRules.checkLength("description", text, 0, LONGEST_DESCRIPTION);
    return text;
  }

  private Map<String, Object> describe(AwsRequest request) {
    return Map.of("KeyMetadata", KeyMetadata.of(keys.any(request)));
  }

  private Map<String, Object> list(AwsRequest request) {
    List<Map<String, Object>> all =
        keys.in(request.region()).stream()
            .map(key -> Map.<String, Object>of("KeyId", key.id, "KeyArn", key.arn))
            .toList();
    return KmsRules.page(request.params(), "Keys", all);
  }

  /** An unavailable key takes the state and shows it once it is available again. */
  private Map<String, Object> setState(AwsRequest request, KeyState state) {
    KmsKey key = keys.customer(request);
    if (!List.of(KeyState.ENABLED, KeyState.DISABLED, KeyState.UNAVAILABLE).contains(key.state())) {
      throw StateRules.invalid(key);
    }
    key.setState(state);
    keys.rotateWhatIsDue(key);
    return Map.of();
  }

  private Map<String, Object> updateDescription(AwsRequest request) {
    KmsKey key = keys.customer(request);
    StateRules.requireNotDeleting(key);
    key.description = description(request.params().required("Description"));
    return Map.of();
  }
}
