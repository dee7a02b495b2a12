package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.List;
import java.util.Map;

/** Key policies, as stored text. Every state of a key lets them be read and replaced. */
final class PolicyOperations {

  private static final String NAME = "default";

  private final KmsKeys keys;

  PolicyOperations(KmsKeys keys) {
    this.keys = keys;
  }

  void define(Map<String, Operation> operations) {
    operations.put("GetKeyPolicy", Operation.read(this::get, "KeyId", "PolicyName"));
    operations.put("ListKeyPolicies", Operation.read(this::list, "KeyId", "Limit", "Marker"));
    operations.put(
        "PutKeyPolicy",
        Operation.write(
            this::put, "KeyId", "PolicyName", "Policy", "BypassPolicyLockoutSafetyCheck"));
  }

  private Map<String, Object> get(AwsRequest request) {
    KmsKey key = keys.byIdOrArn(request);
    checkName(request);
    return Map.of("Policy", key.policy, "PolicyName", NAME);
  }

  private Map<String, Object> list(AwsRequest request) {
    keys.byIdOrArn(request);
    return KmsRules.page(request.params(), "PolicyNames", List.of(NAME), 100, 1000);
  }

  private Map<String, Object> put(AwsRequest request) {
    KmsKey key = keys.customer(request);
    checkName(request);
    request.params().required("Policy");
    KeyPolicies.given(request.params(), request.accountId()).ifPresent(text -> key.policy = text);
    return Map.of();
  }

  private static void checkName(AwsRequest request) {
    if (!request.params().text("PolicyName").orElse(NAME).equals(NAME)) {
      throw AwsError.badRequest("NotFoundException", "No such policy exists");
    }
  }
}
