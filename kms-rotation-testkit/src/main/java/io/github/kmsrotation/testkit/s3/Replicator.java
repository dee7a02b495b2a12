package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Replicates what is written to a bucket with a replication configuration, ten seconds later, and
 * what a job of Batch Replication asks for at once. The replica has the version id, the date, the
 * metadata, the tags, the ACL and the lock of its source. It is encrypted in the same way, under
 * SSE-KMS and DSSE-KMS with the rule's key and under SSE-C with the customer's; only what is not
 * encrypted gets the destination's default encryption, and another ETag. What is encrypted keeps
 * its data key, which is sealed anew, so that no bytes move. Used under the lock.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html">What
 *     does Amazon S3 replicate?</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html#bucket-encryption-replication">Using
 *     default encryption with replication</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html">Replication
 *     failure reasons</a>
 */
final class Replicator {

  /** AWS promises most of it within 15 minutes, with S3 Replication Time Control. */
  static final Duration DELAY = Duration.ofSeconds(10);

  private final S3State state;

  Replicator(S3State state) {
    this.state = state;
  }

  /** After a version, or delete marker, was written. */
  void written(Bucket bucket, String key, S3Version version) {
    for (ReplicationRule rule : rules(bucket, key, version)) {
      later(bucket, key, version, rule);
    }
  }

  /** After tags, ACL or lock of a version were changed: follows where the version went. */
  void changed(Bucket bucket, String key, S3Version version) {
    ReplicationStatus status = version.replication;
    if (status == null) {
      return;
    }
    for (ReplicationRule rule : rules(bucket, key, version)) {
      boolean follows =
          status.isReplica() ? rule.takesReplicaModifications() : status.knows(rule.destination());
      if (follows) {
        later(bucket, key, version, rule);
      }
    }
  }

  private static Collection<ReplicationRule> rules(Bucket bucket, String key, S3Version version) {
    return bucket.replication.map(r -> r.rulesFor(key, version)).orElse(List.of());
  }

  private void later(Bucket bucket, String key, S3Version version, ReplicationRule rule) {
    status(version).set(rule.destination(), ReplicationStatus.PENDING);
    state.timeline.after(
        DELAY,
        () -> {
          boolean isThere = bucket.find(key, Optional.of(version.id)).equals(Optional.of(version));
          if (isThere && state.buckets.get(bucket.name) == bucket) {
            tryOne(bucket, key, version, rule);
          }
        });
  }

  private static ReplicationStatus status(S3Version version) {
    ReplicationStatus known = version.replication;
    ReplicationStatus status = known == null ? new ReplicationStatus(false) : known;
    version.replication = status;
    return status;
  }

  private Optional<AwsError> tryOne(
      Bucket bucket, String key, S3Version version, ReplicationRule rule) {
    try {
      replicate(bucket, key, version, rule);
      status(version).set(rule.destination(), ReplicationStatus.COMPLETED);
      return Optional.empty();
    } catch (AwsError e) {
      status(version).set(rule.destination(), ReplicationStatus.FAILED);
      return Optional.of(e);
    }
  }

  /** What a job would replicate: every version, and delete marker, that a rule takes. */
  List<BatchReplication.Candidate> eligible(Bucket bucket) {
    List<BatchReplication.Candidate> found = new ArrayList<>();
    for (Map.Entry<String, S3Version> entry : bucket.newest.entrySet()) {
      S3Version version = entry.getValue();
      while (version != null) {
        if (!rules(bucket, entry.getKey(), version).isEmpty()) {
          ReplicationStatus status = version.replication;
          found.add(
              new BatchReplication.Candidate(
                  entry.getKey(),
                  version.id,
                  status == null ? "NONE" : status.shown().orElse("NONE")));
        }
        version = version.older;
      }
    }
    return found;
  }

  /** One task of a job. */
  void replicateNow(Bucket bucket, String key, Optional<String> versionId) {
    S3Version version =
        bucket
            .find(key, versionId)
            .orElseThrow(() -> failure("SrcObjectNotFound", "There is no such version."));
    Collection<ReplicationRule> rules = rules(bucket, key, version);
    if (rules.isEmpty()) {
      throw failure("SrcObjectNotEligible", "No replication rule takes this object.");
    }
    List<AwsError> failures =
        rules.stream().flatMap(rule -> tryOne(bucket, key, version, rule).stream()).toList();
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  private static AwsError failure(String code, String message) {
    return AwsError.badRequest(code, message);
  }

  private void replicate(Bucket source, String key, S3Version version, ReplicationRule rule) {
    Bucket destination = destination(source, rule);
    allow(
        destination,
        version.isDeleteMarker ? "s3:ReplicateDelete" : "s3:ReplicateObject",
        version.isDeleteMarker ? "DstDelObjNotPermitted" : "DstPutObjectNotPermitted",
        key);
    Optional<S3Version> present = destination.find(key, Optional.of(version.id));
    if (version.isDeleteMarker) {
      if (present.isEmpty()) {
        insert(destination, key, S3Version.deleteMarker(version.id, version.modified()));
      }
      return;
    }
    allow(source, "s3:GetObjectVersionForReplication", "SrcGetObjectNotPermitted", key);
    S3Version replica =
        present.orElseGet(
            () -> insert(destination, key, copy(source, destination, key, version, rule)));
    replica.tags = version.tags;
    replica.acl = version.acl;
    replica.isOnLegalHold = version.isOnLegalHold;
    if (version.retention != null) {
      replica.retention = version.retention;
    }
  }

  private Bucket destination(Bucket source, ReplicationRule rule) {
    Bucket destination = state.buckets.get(rule.destination());
    if (destination == null) {
      throw failure("DstBucketNotFound", "The destination bucket does not exist.");
    }
    if (destination.versioning != Versioning.ENABLED) {
      throw failure("DstBucketUnversioned", "Versioning is not enabled for the destination.");
    }
    if (source.objectLock.isPresent() && destination.objectLock.isEmpty()) {
      throw failure(
          "DstBucketObjectLockConfigMissing", "Object Lock is not enabled for the destination.");
    }
    return destination;
  }

  private static void allow(Bucket bucket, String action, String code, String key) {
    try {
      PolicyCheck.check(bucket, action, key, name -> Optional.empty());
    } catch (AwsError e) {
      throw failure(code, e.text());
    }
  }

  private static S3Version insert(Bucket destination, String key, S3Version replica) {
    replica.replication = new ReplicationStatus(true);
    destination.insert(key, replica);
    return replica;
  }

  private S3Version copy(
      Bucket source, Bucket destination, String key, S3Version version, ReplicationRule rule) {
    S3Version.Builder builder = new S3Version.Builder();
    builder.digest = version.digest;
    builder.partsCount = version.partsCount;
    builder.headers = version.headers;
    builder.storageClass = rule.storageClass().orElse(version.storageClass);
    builder.checksum = version.checksum();
    builder.parts = version.parts;
    builder.redirect = Optional.ofNullable(version.redirect);
    builder.retention = destination.objectLock.flatMap(lock -> lock.byDefault(state.now()));
    if (version.encryption.kind() == Encryption.Kind.NONE) {
      encrypt(destination, key, version, builder);
    } else {
      builder.encryption = sealed(source, destination, key, version, rule);
      BlobReader.hold(version.blobs);
      builder.blobs = version.blobs;
    }
    return builder.build(version.id, version.modified());
  }

  private Encryption sealed(
      Bucket source, Bucket destination, String key, S3Version version, ReplicationRule rule) {
    Encryption encryption = version.encryption;
    if (!encryption.kind().isKms()) {
      return encryption;
    }
    byte[] dataKey;
    try {
      dataKey = state.sealer.open(encryption, state.place(source, key), Optional.empty());
    } catch (AwsError e) {
      throw failure("SrcGetObjectNotPermitted", e.text());
    }
    try {
      return state.sealer.resealLike(
          encryption, dataKey, rule.replicaKey().orElseThrow(), state.place(destination, key));
    } catch (AwsError e) {
      throw failure(
          e.code().endsWith("NotFoundException") ? "DstKmsKeyNotFound" : "DstKmsKeyInvalidState",
          e.text());
    }
  }

  private void encrypt(
      Bucket destination, String key, S3Version version, S3Version.Builder builder) {
    DefaultEncryption byDefault = destination.encryption;
    Sealer.Sealed sealed =
        state.sealer.seal(
            new EncryptionWish(
                byDefault.kind(),
                byDefault.keyId(),
                byDefault.isBucketKey(),
                Map.of(),
                Optional.empty(),
                false),
            state.place(destination, key));
    builder.encryption = sealed.encryption();
    ContentCipher plain = ContentCipher.of(Encryption.Kind.NONE, new byte[0]);
    try (BlobWriter writer = new BlobWriter(state.blobs, sealed.cipher(), version.size)) {
      BlobReader.copy(version.blobs, plain, 0, version.size, writer);
      builder.blobs = List.of(writer.finish());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!byDefault.kind().hasMd5ETag()) {
      builder.digest = NewObject.digest(byDefault.kind(), Optional.empty());
      builder.partsCount = 0;
    }
  }
}
