package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import java.util.Map;
import java.util.Optional;

/** The keys of a new DB instance or DB cluster, which have to be usable. */
final class Encryption {

  private static final String DEFAULT_KEY = "alias/aws/rds";

  private Encryption() {}

  static void ofStorage(RdsStore store, AwsRequest request, Map<String, Object> attributes) {
    Optional<String> key = request.params().text("KmsKeyId");
    boolean encrypted = request.params().truth("StorageEncrypted").orElse(false);
    if (key.isPresent() && !encrypted) {
      throw AwsError.badRequest(
          "InvalidParameterCombination", "KmsKeyId needs StorageEncrypted to be true.");
    }
    attributes.put("StorageEncrypted", encrypted);
    if (encrypted) {
      attributes.put("KmsKeyId", store.requireKey(request.region(), key.orElse(DEFAULT_KEY)));
    }
  }

  static void ofInsights(RdsStore store, AwsRequest request, Map<String, Object> attributes) {
    if (Boolean.TRUE.equals(attributes.get("PerformanceInsightsEnabled"))) {
      String key = request.params().text("PerformanceInsightsKMSKeyId").orElse(DEFAULT_KEY);
      attributes.put("PerformanceInsightsKMSKeyId", store.requireKey(request.region(), key));
      attributes.putIfAbsent("PerformanceInsightsRetentionPeriod", 7);
    }
  }
}
