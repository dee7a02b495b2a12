package io.github.kmsrotation.testkit.kms;

import static io.github.kmsrotation.testkit.kms.KmsRules.seconds;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Waiting periods before keys are deleted. A multi-Region primary key waits for its replicas first.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html">ScheduleKeyDeletion</a>
 */
final class DeletionOperations {

  private final KmsKeys keys;
  private final Timeline timeline;

  DeletionOperations(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.timeline = timeline;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "ScheduleKeyDeletion", Operation.write(this::schedule, "KeyId", "PendingWindowInDays"));
    operations.put("CancelKeyDeletion", Operation.write(this::cancel, "KeyId"));
  }

  private Map<String, Object> schedule(AwsRequest request) {
    KmsKey key = keys.customer(request);
    int days = request.params().number("PendingWindowInDays").orElse(30);
    KmsRules.checkRange("pendingWindowInDays", days, 7, 30);
    if (key.state().isDeleting() || key.state() == KeyState.UPDATING) {
      throw StateRules.invalid(key);
    }
    key.deletionWindow = Optional.of(days);
    if (key.isPrimary() && !key.family.replicas().isEmpty()) {
      key.setState(KeyState.PENDING_REPLICA_DELETION);
    } else {
      startWaiting(key, days);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn);
    key.deletionDate.ifPresent(at -> answer.put("DeletionDate", seconds(at)));
    answer.put("KeyState", key.state().wire());
    answer.put("PendingWindowInDays", days);
    return answer;
  }

  private void startWaiting(KmsKey key, int days) {
    Instant at = timeline.now().plus(Duration.ofDays(days));
    key.setState(KeyState.PENDING_DELETION);
    key.deletionDate = Optional.of(at);
    timeline.after(
        Duration.ofDays(days),
        () -> {
          if (key.deletionDate.equals(Optional.of(at))) {
            delete(key);
          }
        });
  }

  private void delete(KmsKey key) {
    keys.remove(key);
    KeyFamily family = key.family;
    family
        .member(family.primaryRegion)
        .filter(primary -> primary.state() == KeyState.PENDING_REPLICA_DELETION)
        .filter(primary -> family.replicas().isEmpty())
        .ifPresent(primary -> startWaiting(primary, primary.deletionWindow.orElseThrow()));
  }

  /** Leaves the key disabled, or without material if its imported material is gone. */
  private Map<String, Object> cancel(AwsRequest request) {
    KmsKey key = keys.customer(request);
    if (!key.state().isDeleting()) {
      throw StateRules.invalid(key.arn + " is not pending deletion.");
    }
    key.setState(KeyState.DISABLED);
    key.deletionDate = Optional.empty();
    key.deletionWindow = Optional.empty();
    key.materialChanged();
    return Map.of("KeyId", key.arn);
  }
}
