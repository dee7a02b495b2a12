package io.github.kmsrotation.testkit.kms;

import static io.github.kmsrotation.testkit.kms.KmsRules.seconds;

import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a key was last used. Usage is tracked from a key's creation on.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html">GetKeyLastUsage</a>
 */
final class UsageOperations {

  private final KmsKeys keys;

  UsageOperations(KmsKeys keys) {
    this.keys = keys;
  }

  void define(Map<String, Operation> operations) {
    operations.put("GetKeyLastUsage", Operation.read(this::lastUsage, "KeyId"));
  }

  private Map<String, Object> lastUsage(AwsRequest request) {
    KmsKey key = keys.byIdOrArn(request);
    Map<String, Object> usage = new LinkedHashMap<>();
    key.lastUsage.ifPresent(
        last -> {
          usage.put("Operation", last.operation());
          usage.put("Timestamp", seconds(last.at()));
          usage.put("CloudTrailEventId", last.eventId());
          usage.put("KmsRequestId", last.requestId());
        });
    return Map.of(
        "KeyId",
        key.id,
        "KeyLastUsage",
        usage,
        "TrackingStartDate",
        seconds(key.createdAt),
        "KeyCreationDate",
        seconds(key.createdAt));
  }
}
