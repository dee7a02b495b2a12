package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.Finding.Verdict;
import io.github.kmsrotation.s3.SourceLook.Looked;
import io.github.kmsrotation.s3.SourceLook.Source;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Copies the current version of an object to its own place under the new key, if it cannot be moved
 * otherwise. {@code CopyObject} carries metadata, system headers, tags, annotations and the
 * checksum's algorithm over by itself, and storage class, ACL, website redirect and Object Lock
 * only if they are named. It is done only if the object still is what was looked at; what took its
 * place is looked at anew. Safe for use by several threads.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html">CopyObject</a>
 */
final class Rewriting {

  static final int MOST_LOOKS = 5;
  private static final Set<Integer> CHANGED_MEANWHILE = Set.of(412, 409);

  private final S3Step.Env env;
  private final Pace pace;
  private final Instant now;
  private final SourceLook sources;

  Rewriting(S3Step.Env env, Pace pace, Instant now) {
    this.env = env;
    this.pace = pace;
    this.now = now;
    this.sources = new SourceLook(env, pace, now);
  }

  /**
   * What became of a version.
   *
   * @param finding which
   * @param superseded the versions that were there before and after, if it was copied and there are
   *     versions
   */
  record Rewritten(Finding finding, Optional<Superseded> superseded) {}

  Rewritten rewrite(VersionRef version) {
    if (!version.isLatest() && !env.scope().rewritesAll()) {
      return left(new Finding(Verdict.NOT_CURRENT));
    }
    Rewritten[] done = new Rewritten[1];
    Finding finding =
        Reencryption.guarded(
            () -> {
              done[0] = version.isLatest() ? rewriteCurrent(current(version)) : old(version);
              return done[0].finding();
            });
    return done[0] == null ? left(finding) : done[0];
  }

  /** Looks and changes nothing, where no version is moved but by rewriting it. */
  Finding look(VersionRef version) {
    return Reencryption.guarded(() -> sources.look(version).finding());
  }

  private static Rewritten left(Finding finding) {
    return new Rewritten(finding, Optional.empty());
  }

  private Rewritten old(VersionRef version) {
    return left(sources.look(version).finding());
  }

  /** Named by its key alone, so that it is the current one whoever wrote it. */
  static VersionRef current(VersionRef version) {
    return new VersionRef(version.key(), "null", true, version.size());
  }

  private Rewritten rewriteCurrent(VersionRef version) {
    for (int look = 0; look < MOST_LOOKS; look++) {
      Looked looked = sources.look(version);
      if (looked.source().isEmpty()) {
        return left(looked.finding());
      }
      Source source = looked.source().get();
      if (source.head().contentLength() > env.options().copyLimits().mostAtOnce()) {
        return left(new Finding(Verdict.IN_PARTS));
      }
      Grants grants = sources.grants(source.key());
      if (grants.obstacle().isPresent()) {
        return left(new Finding(Verdict.ACL_NOT_COPYABLE, grants.obstacle().get()));
      }
      CopyObjectRequest request = request(source, grants);
      try {
        CopyObjectResponse copy = pace.call(() -> env.api().copyObject(request));
        return new Rewritten(
            new Finding(Verdict.REWRITTEN),
            Superseded.of(source.key(), copy.copySourceVersionId(), copy.versionId()));
      } catch (S3Exception e) {
        if (!CHANGED_MEANWHILE.contains(e.statusCode())) {
          throw e;
        }
      }
    }
    return left(new Finding(Verdict.CHANGING));
  }

  private CopyObjectRequest request(Source source, Grants grants) {
    String bucket = env.bucket().name();
    HeadObjectResponse head = source.head();
    CopyObjectRequest.Builder copy =
        CopyObjectRequest.builder()
            .sourceBucket(bucket)
            .sourceKey(source.key())
            .destinationBucket(bucket)
            .destinationKey(source.key())
            .copySourceIfMatch(head.eTag())
            .ifMatch(head.eTag())
            .serverSideEncryption(ServerSideEncryption.AWS_KMS)
            .ssekmsKeyId(env.keyArn())
            .bucketKeyEnabled(env.bucketKeys() != BucketKeys.DISABLE)
            .storageClass(head.storageClassAsString())
            .websiteRedirectLocation(head.websiteRedirectLocation());
    source
        .customerKey()
        .ifPresent(
            key ->
                copy.copySourceSSECustomerAlgorithm(SseCustomerKey.ALGORITHM)
                    .copySourceSSECustomerKey(key.base64())
                    .copySourceSSECustomerKeyMD5(key.md5()));
    lock(copy, head);
    grants.putInto(copy);
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
}
