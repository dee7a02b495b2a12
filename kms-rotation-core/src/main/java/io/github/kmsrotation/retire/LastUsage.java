package io.github.kmsrotation.retire;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.internal.InWords;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.kms.model.GetKeyLastUsageResponse;

/**
 * When KMS last saw the key used with success, if it did since it began to track that.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html">
 *     GetKeyLastUsage</a>
 */
record LastUsage(Optional<Instant> at, String operation, Instant trackedSince, boolean fromBirth) {

  static LastUsage read(RetiredKey key, AwsReader reader) {
    GetKeyLastUsageResponse answer = key.lastUsage(reader);
    boolean fromBirth = !answer.keyCreationDate().isBefore(answer.trackingStartDate());
    if (answer.keyLastUsage() == null || answer.keyLastUsage().timestamp() == null) {
      return new LastUsage(Optional.empty(), "", answer.trackingStartDate(), fromBirth);
    }
    return new LastUsage(
        Optional.of(answer.keyLastUsage().timestamp()),
        String.valueOf(answer.keyLastUsage().operationAsString()),
        answer.trackingStartDate(),
        fromBirth);
  }

  boolean isSince(Instant moment) {
    return at.filter(used -> used.isAfter(moment)).isPresent();
  }

  String text() {
    if (at.isPresent()) {
      return "It was last used with success at " + InWords.at(at.get()) + " (" + operation + ").";
    }
    return fromBirth
        ? "It was never used with success."
        : "KMS has seen no successful use since "
            + InWords.at(trackedSince)
            + ", when it began to track that.";
  }

  Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("usageTrackedSince", trackedSince.toString());
    facts.put("lastUsed", at.map(Instant::toString).orElse("not since usageTrackedSince"));
    if (at.isPresent()) {
      facts.put("lastOperation", operation);
    }
    return facts;
  }
}
