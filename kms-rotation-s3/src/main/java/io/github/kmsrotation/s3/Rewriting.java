package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.Finding.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclResponse;
import software.amazon.awssdk.services.s3.model.Grant;
import software.amazon.awssdk.services.s3.model.Grantee;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.Permission;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.Type;

/**
 * Copies the current version of an object to its own place under the new key, if it cannot be moved
 * otherwise. {@code CopyObject} carries metadata, system headers, tags and the checksum's algorithm
 * over by itself, and storage class, ACL, website redirect and Object Lock only if they are named.
 * It is done only if the object still is what was looked at; what took its place is looked at anew.
 * Safe for use by several threads.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a>
 */
final class Rewriting {

  /** The most that one call copies: 5 GiB. */
  private static final long MOST_BYTES = 5L << 30;

  private static final int MOST_LOOKS = 5;
  private static final Set<String> ARCHIVES = Set.of("GLACIER", "DEEP_ARCHIVE");
  private static final Set<Integer> CHANGED_MEANWHILE = Set.of(412, 409);

  private final S3Step.Env env;
  private final Pace pace;
  private final Instant now;
  private final Reencryption reencryption;

  Rewriting(S3Step.Env env, Pace pace, Instant now) {
    this.env = env;
    this.pace = pace;
    this.now = now;
    this.reencryption = new Reencryption(env, pace, now);
  }

  Finding rewrite(VersionRef version) {
    return version.isLatest()
        ? Reencryption.guarded(() -> rewriteCurrent(current(version)))
        : new Finding(Verdict.NOT_CURRENT);
  }

  /** Named by its key alone, so that it is the current one whoever wrote it. */
  private static VersionRef current(VersionRef version) {
    return new VersionRef(version.key(), "null", true, version.size());
  }

  private Finding rewriteCurrent(VersionRef version) {
    for (int look = 0; look < MOST_LOOKS; look++) {
      Optional<HeadObjectResponse> head = reencryption.head(version);
      Finding found = Finding.decide(reencryption.encrypted(head), env.keyArn(), env.bucketKeys());
      if (!found.verdict().needsRewriting() || head.isEmpty()) {
        return found;
      }
      Optional<Finding> left = left(head.get());
      if (left.isPresent()) {
        return left.get();
      }
      CopyObjectRequest request = request(version, head.get());
      try {
        pace.call(() -> env.api().copyObject(request));
        return new Finding(Verdict.REWRITTEN);
      } catch (S3Exception e) {
        if (!CHANGED_MEANWHILE.contains(e.statusCode())) {
          throw e;
        }
      }
    }
    return new Finding(Verdict.CHANGING);
  }

  private static Optional<Finding> left(HeadObjectResponse head) {
    if (head.archiveStatusAsString() != null
        || ARCHIVES.contains(Objects.toString(head.storageClassAsString(), ""))) {
      return Optional.of(new Finding(Verdict.ARCHIVED, Objects.toString(head.storageClass(), "")));
    }
    return head.contentLength() > MOST_BYTES
        ? Optional.of(new Finding(Verdict.TOO_LARGE, head.contentLength() + " bytes"))
        : Optional.empty();
  }

  private CopyObjectRequest request(VersionRef version, HeadObjectResponse head) {
    String bucket = env.bucket().name();
    CopyObjectRequest.Builder copy =
        CopyObjectRequest.builder()
            .sourceBucket(bucket)
            .sourceKey(version.key())
            .destinationBucket(bucket)
            .destinationKey(version.key())
            .copySourceIfMatch(head.eTag())
            .ifMatch(head.eTag())
            .serverSideEncryption(ServerSideEncryption.AWS_KMS)
            .ssekmsKeyId(env.keyArn())
            .bucketKeyEnabled(env.bucketKeys() != BucketKeys.DISABLE)
            .storageClass(head.storageClassAsString())
            .websiteRedirectLocation(head.websiteRedirectLocation());
    lock(copy, head);
    grants(copy, version);
    return copy.build();
  }

  /** A retention that is over cannot be asked for again, and protects nothing. */
  private void lock(CopyObjectRequest.Builder copy, HeadObjectResponse head) {
    Instant until = head.objectLockRetainUntilDate();
    if (until != null && until.isAfter(now)) {
      copy.objectLockMode(head.objectLockModeAsString()).objectLockRetainUntilDate(until);
    }
    if (head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON) {
      copy.objectLockLegalHoldStatus(ObjectLockLegalHoldStatus.ON);
    }
  }

  /** Where ACLs are off, an object has its owner's grant alone, and none may be named. */
  private void grants(CopyObjectRequest.Builder copy, VersionRef version) {
    GetObjectAclRequest request =
        GetObjectAclRequest.builder().bucket(env.bucket().name()).key(version.key()).build();
    GetObjectAclResponse acl = pace.call(() -> env.api().getObjectAcl(request));
    Map<Permission, List<String>> grantees = new EnumMap<>(Permission.class);
    boolean onlyOwners = true;
    for (Grant grant : acl.grants()) {
      grantees.computeIfAbsent(grant.permission(), p -> new ArrayList<>()).add(named(grant));
      onlyOwners &=
          grant.permission() == Permission.FULL_CONTROL
              && Objects.equals(grant.grantee().id(), acl.owner().id());
    }
    if (!onlyOwners) {
      grantees.forEach(
          (permission, names) -> {
            String all = String.join(", ", names);
            switch (permission) {
              case FULL_CONTROL -> copy.grantFullControl(all);
              case READ -> copy.grantRead(all);
              case READ_ACP -> copy.grantReadACP(all);
              case WRITE_ACP -> copy.grantWriteACP(all);
              default -> throw new IllegalStateException("An object's ACL grants " + permission);
            }
          });
    }
  }

  private static String named(Grant grant) {
    Grantee grantee = grant.grantee();
    return grantee.type() == Type.GROUP
        ? "uri=\"" + grantee.uri() + "\""
        : "id=\"" + grantee.id() + "\"";
  }
}
