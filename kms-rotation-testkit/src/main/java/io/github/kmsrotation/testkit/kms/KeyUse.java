package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.kms.KmsKey.LastUsage;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/** What all cryptographic operations have in common. */
final class KeyUse {

  private final KmsKeys keys;
  private final Timeline timeline;

  KeyUse(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.timeline = timeline;
  }

  /** A key that may be named by alias, and can be used so. */
  KmsKey usable(AwsRequest request, String name, String usage) {
    return usable(keys.resolve(request.region(), name), usage);
  }

  KmsKey usable(KmsKey key, String usage) {
    if (!key.form.usage().equals(usage)) {
      throw invalidUsage(key.arn + " key usage is " + key.form.usage() + ", not " + usage + ".");
    }
    StateRules.requireUsable(key);
    return key;
  }

  static void checkAlgorithm(KmsKey key, String algorithm, Collection<String> supported) {
    if (!supported.contains(algorithm)) {
      throw invalidUsage(
          "Algorithm " + algorithm + " is incompatible with key spec " + key.form.spec() + ".");
    }
  }

  private static AwsError invalidUsage(String message) {
    return AwsError.badRequest("InvalidKeyUsageException", message);
  }

  /** To be called when nothing can fail any more: a dry run ends here, a true one is recorded. */
  void succeed(AwsRequest request, KmsKey... used) {
    refuseDryRun(request);
    for (KmsKey key : used) {
      record(key, request.operation());
    }
  }

  void record(KmsKey key, String operation) {
    key.lastUsage =
        Optional.of(
            new LastUsage(
                operation,
                timeline.now(),
                UUID.randomUUID().toString(),
                UUID.randomUUID().toString()));
  }

  static void refuseDryRun(AwsRequest request) {
    if (request.params().truth("DryRun").orElse(false)) {
      throw AwsError.badRequest(
          "DryRunOperationException",
          "The request would have succeeded, but the DryRun option is set.");
    }
  }
}
