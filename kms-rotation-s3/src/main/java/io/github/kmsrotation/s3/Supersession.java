package io.github.kmsrotation.s3;

import io.github.kmsrotation.s3.Finding.Verdict;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Deletes a version that was copied, if the copy is equal as far as S3 can tell: the same size and
 * an equal checksum, and not older: with versions suspended, the version {@code null} may be
 * another one by now. Harmless to repeat. Safe for use by several threads.
 */
final class Supersession {

  private final S3Step.Env env;
  private final Pace pace;
  private final Instant now;

  Supersession(S3Step.Env env, Pace pace, Instant now) {
    this.env = env;
    this.pace = pace;
    this.now = now;
  }

  Finding deleteIfEqual(Superseded version) {
    return Reencryption.guarded(
        () -> {
          HeadObjectResponse former = head(version.key(), version.former(), customerKey(version));
          Optional<String> obstacle = obstacle(version, former);
          if (obstacle.isPresent()) {
            return new Finding(Verdict.SUPERSEDED, obstacle.get());
          }
          pace.call(
              () ->
                  env.api()
                      .deleteObject(
                          DeleteObjectRequest.builder()
                              .bucket(env.bucket().name())
                              .key(version.key())
                              .versionId(version.former())
                              .build()));
          return new Finding(Verdict.DELETED);
        });
  }

  private Optional<String> obstacle(Superseded version, HeadObjectResponse former) {
    Encrypted before = Encrypted.of(former, now);
    if (before.lock().isPresent()) {
      return Optional.of(before.lock().get());
    }
    Optional<HeadObjectResponse> found = copy(version);
    if (found.isEmpty()) {
      return Optional.of("its copy, version " + version.copy() + ", is gone");
    }
    HeadObjectResponse copy = found.get();
    if (former.lastModified().isAfter(copy.lastModified())) {
      return Optional.of("it was written after its copy, so it is not what was copied");
    }
    Encrypted after = Encrypted.of(copy, now);
    if (after.kind() != Encrypted.Kind.SSE_KMS
        || !after.keyArn().equals(Optional.of(env.keyArn()))) {
      return Optional.of("its copy is not under the new key");
    }
    if (!Objects.equals(copy.contentLength(), former.contentLength())) {
      return Optional.of("its copy has another size");
    }
    Optional<PartChecksum> checksum = PartChecksum.of(former);
    return checksum.isPresent() && checksum.equals(PartChecksum.of(copy))
        ? Optional.empty()
        : Optional.of("it and its copy have no checksum to compare them by");
  }

  private Optional<HeadObjectResponse> copy(Superseded version) {
    try {
      return Optional.of(head(version.key(), version.copy(), Optional.empty()));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Where there is none, S3 refuses the look, and the version stays. */
  private Optional<SseCustomerKey> customerKey(Superseded version) {
    VersionRef former = new VersionRef(version.key(), version.former(), false, 0);
    return new Reencryption(env, pace, now).head(former).isPresent()
        ? Optional.empty()
        : SourceLook.customerKey(env, former).key();
  }

  private HeadObjectResponse head(String key, String version, Optional<SseCustomerKey> customer) {
    HeadObjectRequest.Builder request =
        HeadObjectRequest.builder()
            .bucket(env.bucket().name())
            .key(key)
            .versionId(version)
            .checksumMode(ChecksumMode.ENABLED);
    customer.ifPresent(
        k ->
            request
                .sseCustomerAlgorithm(SseCustomerKey.ALGORITHM)
                .sseCustomerKey(k.base64())
                .sseCustomerKeyMD5(k.md5()));
    return pace.call(() -> env.api().headObject(request.build()));
  }
}
