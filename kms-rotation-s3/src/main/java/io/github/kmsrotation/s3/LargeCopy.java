package io.github.kmsrotation.s3;

import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.s3.Finding.Verdict;
import io.github.kmsrotation.s3.LargeSource.Part;
import io.github.kmsrotation.s3.Rewriting.Rewritten;
import io.github.kmsrotation.s3.SourceLook.Looked;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Copies an object that is too large for {@code CopyObject} to its own place under the new key, in
 * parts, several at once. Nothing is carried over by itself, so all of it is read and named. What
 * was looked at is looked at once more before the parts become the object, and if anything changed
 * the copy is begun anew; between that look and the end, the ETag guards it. Every call that
 * changes something is in the journal, the parts of an upload as one.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html">Copying
 *     an object using multipart upload</a>
 */
final class LargeCopy {

  /** Not as it was looked at, or gone. */
  private static final Set<Integer> CHANGED_MEANWHILE = Set.of(412, 409, 404);

  private final S3Step.Env env;
  private final Pace pace;
  private final StepContext context;
  private final SourceLook sources;
  private final LargeSource.Reader reader;
  private final Uploads uploads;

  LargeCopy(S3Step.Env env, Pace pace, StepContext context) {
    this.env = env;
    this.pace = pace;
    this.context = context;
    Instant now = context.clock().instant();
    this.sources = new SourceLook(env, pace, now);
    this.reader = new LargeSource.Reader(env, pace, sources, now);
    this.uploads = new Uploads(env);
  }

  Rewritten copy(VersionRef version) {
    Rewritten[] done = new Rewritten[1];
    Finding finding =
        Reencryption.guarded(
            () -> {
              done[0] = copyCurrent(Rewriting.current(version));
              return done[0].finding();
            });
    return done[0] == null ? left(finding) : done[0];
  }

  private static Rewritten left(Finding finding) {
    return new Rewritten(finding, Optional.empty());
  }

  private Rewritten copyCurrent(VersionRef version) {
    for (int look = 0; look < Rewriting.MOST_LOOKS; look++) {
      Looked looked = sources.look(version);
      if (looked.source().isEmpty()) {
        return left(looked.finding());
      }
      uploads.abortOurs(context, version.key());
      Optional<LargeSource> source = reader.read(looked.source().get());
      if (source.isEmpty()) {
        continue;
      }
      Optional<String> obstacle = source.get().grants().obstacle();
      if (obstacle.isPresent()) {
        return left(new Finding(Verdict.ACL_NOT_COPYABLE, obstacle.get()));
      }
      Optional<String> lost = source.get().lost();
      if (lost.isPresent()) {
        return left(new Finding(Verdict.NOT_IN_PARTS, lost.get()));
      }
      Optional<Rewritten> done = attempt(source.get());
      if (done.isPresent()) {
        return done.get();
      }
    }
    return left(new Finding(Verdict.CHANGING));
  }

  /** Nothing if it was changed meanwhile. */
  private Optional<Rewritten> attempt(LargeSource source) {
    CreateMultipartUploadRequest create = source.beginning(env);
    String id =
        refused(
            () ->
                uploads.begin(
                    context,
                    source.key(),
                    () -> env.api().createMultipartUpload(create).uploadId()));
    try {
      Optional<Rewritten> done = fill(source, id);
      if (done.isEmpty()) {
        uploads.abort(context, source.key(), id);
      }
      return done;
    } catch (AbortedException e) {
      throw e; // interrupted, so no call would be made; the next attempt gives the upload up
    } catch (S3Exception e) {
      uploads.abort(context, source.key(), id);
      if (CHANGED_MEANWHILE.contains(e.statusCode())) {
        return Optional.empty();
      }
      throw e;
    } catch (RuntimeException e) {
      giveUp(source, id, e);
      throw e;
    }
  }

  private void giveUp(LargeSource source, String id, RuntimeException failure) {
    try {
      uploads.abort(context, source.key(), id);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private Optional<Rewritten> fill(LargeSource source, String id) {
    List<CompletedPart> parts = parts(source, id);
    if (!reader.read(source.source()).filter(source::isSameAs).isPresent()) {
      return Optional.empty();
    }
    Optional<Finding> damaged = source.damaged(parts);
    if (damaged.isPresent()) {
      uploads.abort(context, source.key(), id);
      return Optional.of(left(damaged.get()));
    }
    CompleteMultipartUploadRequest complete = source.end(env, id, parts);
    CompleteMultipartUploadResponse copy =
        refused(
            () ->
                context.mutate(
                    Uploads.BEGIN,
                    source.key() + ", end of upload " + id,
                    () -> env.api().completeMultipartUpload(complete)));
    return Optional.of(
        new Rewritten(
            new Finding(Verdict.REWRITTEN, "in " + parts.size() + " parts"),
            Superseded.of(source.key(), source.source().head().versionId(), copy.versionId())));
  }

  /** In the journal even if S3 refuses one of them, so that the upload is known as this run's. */
  private List<CompletedPart> parts(LargeSource source, String id) {
    ConcurrentSkipListMap<Integer, CompletedPart> done = new ConcurrentSkipListMap<>();
    Optional<S3Exception> refusal =
        uploads.fill(
            context,
            source.key(),
            id,
            () -> {
              try {
                env.workers()
                    .each(
                        source.parts(), part -> done.put(part.number(), copied(source, id, part)));
                return Optional.empty();
              } catch (S3Exception e) {
                return Optional.of(e);
              }
            });
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    return List.copyOf(done.values());
  }

  private CompletedPart copied(LargeSource source, String id, Part part) {
    UploadPartCopyRequest request = source.copying(env, id, part);
    CopyPartResult copy = pace.call(() -> env.api().uploadPartCopy(request)).copyPartResult();
    CompletedPart.Builder completed =
        CompletedPart.builder().partNumber(part.number()).eTag(copy.eTag());
    source
        .checksum()
        .ifPresent(
            checksum -> checksum.in(copy).ifPresent(value -> checksum.put(completed, value)));
    return completed.build();
  }

  /** What S3 says of one object, and not the runner's sentence about permissions. */
  private static <T> T refused(Supplier<T> call) {
    try {
      return call.get();
    } catch (MissingPermissionException e) {
      if (e.getCause() instanceof S3Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
