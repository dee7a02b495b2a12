package io.github.kmsrotation.testkit.s3;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far a version is replicated, to each destination. Used under the lock.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html">Getting
 *     replication status information</a>
 */
final class ReplicationStatus {

  static final String PENDING = "PENDING";
  static final String COMPLETED = "COMPLETED";
  static final String FAILED = "FAILED";
  static final String REPLICA = "REPLICA";

  private final boolean isReplica;
  private final Map<String, String> byDestination = new TreeMap<>();

  ReplicationStatus(boolean isReplica) {
    this.isReplica = isReplica;
  }

  boolean isReplica() {
    return isReplica;
  }

  void set(String destination, String status) {
    byDestination.put(destination, status);
  }

  boolean knows(String destination) {
    return byDestination.containsKey(destination);
  }

  /** As GET and HEAD tell it. */
  Optional<String> shown() {
    Collection<String> all = byDestination.values();
    if (isReplica) {
      return Optional.of(REPLICA);
    }
    if (all.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(all.contains(FAILED) ? FAILED : all.contains(PENDING) ? PENDING : COMPLETED);
  }
}
