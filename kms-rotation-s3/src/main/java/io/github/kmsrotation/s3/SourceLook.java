package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.Finding.Verdict;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Looks whether a version is to be copied, and by which key of the caller's it can be read. Safe
 * for use by several threads.
 */
final class SourceLook {

  private static final Set<String> ARCHIVES = Set.of("GLACIER", "DEEP_ARCHIVE");

  private final S3Step.Env env;
  private final Pace pace;
  private final Scope scope;
  private final Reencryption reencryption;

  SourceLook(S3Step.Env env, Pace pace, Instant now) {
    this.env = env;
    this.pace = pace;
    this.scope = env.scope();
    this.reencryption = new Reencryption(env, pace, now);
  }

  /**
   * What is to be copied.
   *
   * @param key the object's key
   * @param head what S3 told of it
   * @param customerKey by which it is read, if it is under such a key
   */
  record Source(String key, HeadObjectResponse head, Optional<SseCustomerKey> customerKey) {}

  /** What was found, and what is to be copied, if anything is. */
  record Looked(Finding finding, Optional<Source> source) {
    static Looked left(Finding finding) {
      return new Looked(finding, Optional.empty());
    }
  }

  /**
   * Looks.
   *
   * @throws S3Exception what AWS refuses
   */
  Looked look(VersionRef version) {
    Optional<HeadObjectResponse> head = reencryption.head(version);
    Finding found = reencryption.decide(reencryption.encrypted(head));
    if (!scope.wantsCopy(found)) {
      return Looked.left(found);
    }
    if (!version.isLatest()) {
      return Looked.left(new Finding(Verdict.OLD_VERSION));
    }
    return head.isPresent()
        ? readable(new Source(version.key(), head.get(), Optional.empty()))
        : underCustomerKey(version, found);
  }

  private Looked underCustomerKey(VersionRef version, Finding found) {
    if (!scope.customerKeys()) {
      return Looked.left(found);
    }
    Provided provided = customerKey(env, version);
    Optional<SseCustomerKey> key = provided.key();
    if (key.isEmpty()) {
      return Looked.left(new Finding(Verdict.SSE_C, provided.whyNot()));
    }
    try {
      HeadObjectResponse head =
          pace.call(() -> env.api().headObject(request(version, key).build()));
      return readable(new Source(version.key(), head, key));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        throw e;
      }
      return Looked.left(
          new Finding(
              Verdict.SSE_C,
              "the key that the key provider has for it is refused, " + e.statusCode()));
    }
  }

  /** What the caller's provider gave, or why it gave none. */
  record Provided(Optional<SseCustomerKey> key, String whyNot) {}

  /** An exception's message might tell the key. */
  static Provided customerKey(S3Step.Env env, VersionRef version) {
    try {
      return new Provided(
          env.options()
              .customerKeys()
              .flatMap(keys -> keys.find(env.bucket().name(), version.key(), version.versionId())),
          "the key provider has no key for it");
    } catch (RuntimeException e) {
      return new Provided(
          Optional.empty(), "the key provider threw " + e.getClass().getSimpleName());
    }
  }

  private static Looked readable(Source source) {
    HeadObjectResponse head = source.head();
    boolean isArchived =
        head.archiveStatusAsString() != null
            || ARCHIVES.contains(Objects.toString(head.storageClassAsString(), ""));
    boolean isRestored = Objects.toString(head.restore(), "").contains("ongoing-request=\"false\"");
    return isArchived && !isRestored
        ? Looked.left(
            new Finding(Verdict.ARCHIVED, Objects.toString(head.storageClassAsString(), "")))
        : new Looked(new Finding(Verdict.TO_MOVE), Optional.of(source));
  }

  private HeadObjectRequest.Builder request(
      VersionRef version, Optional<SseCustomerKey> customerKey) {
    HeadObjectRequest.Builder request =
        HeadObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(version.key())
            .versionId(version.requested().orElse(null));
    customerKey.ifPresent(
        key ->
            request
                .sseCustomerAlgorithm(SseCustomerKey.ALGORITHM)
                .sseCustomerKey(key.base64())
                .sseCustomerKeyMD5(key.md5()));
    return request;
  }

  /** The ACL of the current version. */
  Grants grants(String key) {
    GetObjectAclRequest request =
        GetObjectAclRequest.builder().bucket(env.bucket().name()).key(key).build();
    return Grants.of(pace.call(() -> env.api().getObjectAcl(request)));
  }
}
