package io.github.kmsrotation.testkit.s3;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A bucket: its objects and its configuration. Used under the lock, but for what is final. */
final class Bucket {

  final String name;
  final String region;
  final Instant createdAt;
  final TreeMap<String, S3Version> newest = new TreeMap<>(KeyOrder.INSTANCE);
  final Map<String, Upload> uploads = new TreeMap<>();

  /** Configurations that are stored and returned as they are, by sub-resource. */
  final Map<String, Xml> documents = new HashMap<>();

  Versioning versioning = Versioning.NEVER;
  DefaultEncryption encryption = DefaultEncryption.BASE;
  Optional<BucketPolicy> policy = Optional.empty();
  Optional<ObjectLock> objectLock = Optional.empty();
  Optional<Replication> replication = Optional.empty();
  Optional<String> ownership = Optional.of("BucketOwnerEnforced");
  Acl acl;

  Bucket(String name, String region, Instant createdAt, String owner) {
    this.name = name;
    this.region = region;
    this.createdAt = createdAt;
    this.acl = Acl.ofOwner(owner);
  }

  boolean hasAcls() {
    return !ownership.equals(Optional.of("BucketOwnerEnforced"));
  }

  /** The version that a new object gets. */
  String newVersionId() {
    return versioning == Versioning.ENABLED ? VersionIds.next() : S3Version.NULL_ID;
  }

  /** The version, or delete marker, that a request without version sees; or a named one. */
  Optional<S3Version> find(String key, Optional<String> versionId) {
    S3Version version = newest.get(key);
    while (version != null && versionId.isPresent() && !version.id.equals(versionId.get())) {
      version = version.older;
    }
    return Optional.ofNullable(version);
  }

  /** Puts a version before all others; it replaces one of the same id. */
  void add(String key, S3Version version) {
    find(key, Optional.of(version.id)).ifPresent(same -> remove(key, same));
    version.older = newest.get(key);
    newest.put(key, version);
  }

  /** Puts a replica where it belongs by its age: versions may arrive out of order. */
  void insert(String key, S3Version replica) {
    S3Version newer = null;
    S3Version next = newest.get(key);
    while (next != null && isNewer(next, replica)) {
      newer = next;
      next = next.older;
    }
    replica.older = next;
    if (newer == null) {
      newest.put(key, replica);
    } else {
      newer.older = replica;
    }
  }

  private static boolean isNewer(S3Version one, S3Version other) {
    boolean isNull = one.id.equals(S3Version.NULL_ID) || other.id.equals(S3Version.NULL_ID);
    return isNull
        ? one.modifiedSecond > other.modifiedSecond
            || (one.modifiedSecond == other.modifiedSecond && !one.id.equals(S3Version.NULL_ID))
        : VersionIds.isOlder(other.id, one.id);
  }

  void remove(String key, S3Version version) {
    S3Version first = newest.get(key);
    if (first == version) {
      if (version.older == null) {
        newest.remove(key);
      } else {
        newest.put(key, version.older);
      }
    } else {
      S3Version before = first;
      while (before != null && before.older != version) {
        before = before.older;
      }
      if (before == null) {
        throw new IllegalStateException("There is no such version of " + key);
      }
      before.older = version.older;
    }
    version.release();
  }
}
