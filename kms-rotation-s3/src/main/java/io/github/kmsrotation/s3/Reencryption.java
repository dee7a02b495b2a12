package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.s3.Finding.Verdict;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;

/**
 * Looks at a version of an object, and moves it to the new key if it is not under it. Harmless to
 * repeat, and harmless where another client writes meanwhile: no content is read or written. What
 * AWS refuses of one object is its finding; what it would refuse of all ends the run. Safe for use
 * by several threads.
 */
final class Reencryption {

  static final String UPDATE = "s3:UpdateObjectEncryption";

  /** What a policy says of one object, unlike what is wrong with credentials. */
  private static final Set<String> OF_ONE_OBJECT = Set.of("AccessDenied", "AccessDeniedException");

  private final S3Step.Env env;
  private final Pace pace;
  private final Instant now;
  private final Scope scope;

  Reencryption(S3Step.Env env, Pace pace, Instant now) {
    this.env = env;
    this.pace = pace;
    this.now = now;
    this.scope = env.scope();
  }

  static UpdateObjectEncryptionRequest request(
      S3Step.Env env, String key, Optional<String> version, boolean withBucketKey) {
    return UpdateObjectEncryptionRequest.builder()
        .bucket(env.bucket().name())
        .key(key)
        .versionId(version.orElse(null))
        .objectEncryption(
            e -> e.ssekms(k -> k.kmsKeyArn(env.keyArn()).bucketKeyEnabled(withBucketKey)))
        .build();
  }

  /** Looks and changes nothing. */
  Finding look(VersionRef version) {
    return guarded(() -> decide(read(version)));
  }

  /** Looks, and moves if need be. */
  Finding move(VersionRef version) {
    return guarded(
        () -> {
          Encrypted object = read(version);
          Finding found = decide(object);
          if (found.verdict() == Verdict.TO_MOVE) {
            update(version, Finding.wantsBucketKey(object, env.bucketKeys()));
            return new Finding(Verdict.MOVED);
          }
          return found;
        });
  }

  /** What is to be done with a version, if it is one that the plan is for. */
  Finding decide(Encrypted object) {
    return scope.narrow(
        Finding.decide(object, env.keyArn(), env.bucketKeys()), object, env.keyArn());
  }

  /**
   * Moves without a look where that is as good: S3 refuses what cannot be moved, and then it is
   * looked at. Only if nothing of the object decides what becomes of it: neither its Bucket Key nor
   * its key.
   */
  Finding move(VersionRef version, Unseen unseen) {
    boolean dependsOnTheObject = env.bucketKeys() == BucketKeys.KEEP || scope.onlyKey().isPresent();
    if (dependsOnTheObject) {
      return move(version);
    }
    if (unseen.next()) {
      try {
        update(version, env.bucketKeys() == BucketKeys.ENABLE);
        return new Finding(Verdict.MOVED);
      } catch (S3Exception e) {
        unseen.wasRefused();
      }
    }
    Finding found = move(version);
    unseen.saw(found.verdict() == Verdict.MOVED);
    return found;
  }

  private void update(VersionRef version, boolean withBucketKey) {
    UpdateObjectEncryptionRequest request =
        request(env, version.key(), version.requested(), withBucketKey);
    pace.call(() -> env.api().updateObjectEncryption(request));
  }

  interface Look {
    Finding now();
  }

  static Finding guarded(Look look) {
    try {
      return look.now();
    } catch (S3Exception e) {
      String code = AwsFailure.errorCode(e);
      if (code.equals("NoSuchKey") || code.equals("NoSuchVersion") || e.statusCode() == 404) {
        return new Finding(Verdict.GONE);
      }
      if (String.valueOf(e.getMessage()).contains("S3 Object Lock")) {
        return new Finding(Verdict.OBJECT_LOCK, "until when, the caller may not see");
      }
      if (AwsFailure.of(e) == AwsFailure.DENIED && !OF_ONE_OBJECT.contains(code)) {
        throw new MissingPermissionException(
            "AWS denied a call as a whole, not for one object ("
                + code
                + "). Mend the credentials and resume; what was moved stays moved.",
            e);
      }
      return new Finding(Verdict.FAILED, (code + " " + e.statusCode()).strip());
    }
  }

  private Encrypted read(VersionRef version) {
    return encrypted(head(version));
  }

  Encrypted encrypted(Optional<HeadObjectResponse> head) {
    return head.map(h -> Encrypted.of(h, now)).orElse(Encrypted.UNDER_CUSTOMER_KEY);
  }

  /** What S3 tells of it; nothing if it is under a customer-provided key. */
  Optional<HeadObjectResponse> head(VersionRef version) {
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(version.key())
            .versionId(version.requested().orElse(null))
            .build();
    try {
      return Optional.of(pace.call(() -> env.api().headObject(request)));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        throw e;
      }
      requireCustomerKey(version, e);
      return Optional.empty();
    }
  }

  /**
   * The answer to HEAD has no body and so no error code; that to GET has. Under a customer-provided
   * key it is {@code InvalidRequest}; where it passes, HEAD failed for a reason that is over.
   */
  private void requireCustomerKey(VersionRef version, S3Exception failure) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(version.key())
            .versionId(version.requested().orElse(null))
            .range("bytes=0-0")
            .build();
    try {
      pace.call(() -> env.api().getObject(request));
    } catch (S3Exception e) {
      if (failure.statusCode() == 400 && AwsFailure.errorCode(e).equals("InvalidRequest")) {
        return;
      }
      throw e;
    } catch (SdkException e) {
      e.addSuppressed(failure);
      throw e;
    }
    throw failure;
  }
}
