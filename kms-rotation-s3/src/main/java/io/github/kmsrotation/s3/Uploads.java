package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The multipart uploads of this run, which the journal knows by their ids, so that none is left
 * behind and none of anybody else's is touched. S3 shows nothing of an upload by which it could be
 * marked, so one whose beginning got no answer is told by what it is: of an object that this run
 * began an upload of and never learnt its id, begun within five minutes of that, and without a part
 * for an hour. If there are more of these than beginnings without an answer, some are somebody
 * else's, and all of them are left and named.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html">ListMultipartUploads</a>
 */
final class Uploads {

  static final String BEGIN = "s3:PutObject";
  static final String ABORT = "s3:AbortMultipartUpload";

  /** As much as a clock may be wrong by for S3 to take a signature, and less. */
  private static final Duration NEAR = Duration.ofMinutes(5);

  private static final Duration EMPTY_FOR = Duration.ofHours(1);

  private final S3Step.Env env;

  Uploads(S3Step.Env env) {
    this.env = env;
  }

  /**
   * What was found of this run.
   *
   * @param until when it is to be looked again; empty if nothing is to be waited for
   * @param untold those that cannot be told from this run's, and stay
   */
  record Left(Optional<Instant> until, List<String> untold) {}

  /** What the journal calls a beginning of an upload. */
  private static String beginning(String key, int number) {
    return key + ", upload " + number;
  }

  /** What the journal calls the use of what a beginning answered. */
  private static String answered(String key, int number) {
    return key + ", parts of upload " + number;
  }

  /** Begins one, and tells its id. */
  String begin(StepContext context, String key, Supplier<String> call) {
    return context.mutate(BEGIN, beginning(key, begun(context, key) + 1), call);
  }

  /** Copies the parts of the upload that was begun last; from now on it is known as this run's. */
  <T> T fill(StepContext context, String key, String uploadId, Supplier<T> call) {
    int number = begun(context, key);
    return context.mutate(
        BEGIN, parts(key, uploadId), () -> context.mutate(BEGIN, answered(key, number), call));
  }

  /** How many that AWS did not refuse. */
  private static int begun(StepContext context, String key) {
    int number = 0;
    while (context.lastSent(BEGIN, beginning(key, number + 1)).isPresent()) {
      number++;
    }
    return number;
  }

  /** When those were begun whose ids never came to be known. */
  private static List<Instant> lost(StepContext context, String key) {
    return IntStream.rangeClosed(1, begun(context, key))
        .filter(number -> context.lastSent(BEGIN, answered(key, number)).isEmpty())
        .mapToObj(number -> context.lastSent(BEGIN, beginning(key, number)).orElseThrow())
        .toList();
  }

  /** What the journal calls the copying of an upload's parts. */
  private static String parts(String key, String uploadId) {
    return key + ", parts of upload " + uploadId;
  }

  /** Gives up every upload of this run whose key begins so. */
  void abortOurs(StepContext context, String prefix) {
    for (MultipartUpload upload : list(context, prefix)) {
      if (isOurs(context, upload)) {
        abort(context, upload.key(), upload.uploadId());
      }
    }
  }

  /** Gives up what of this run is left under the target's prefix. */
  Left abortLeft(StepContext context) {
    Map<String, List<MultipartUpload>> likeOurs = new TreeMap<>();
    for (MultipartUpload upload : list(context, env.prefix().orElse(""))) {
      if (isOurs(context, upload)) {
        abort(context, upload.key(), upload.uploadId());
      } else if (mayBeOurs(context, upload)) {
        likeOurs.computeIfAbsent(upload.key(), key -> new ArrayList<>()).add(upload);
      }
    }
    Optional<Instant> until =
        likeOurs.values().stream()
            .flatMap(List::stream)
            .map(upload -> upload.initiated().plus(EMPTY_FOR))
            .filter(due -> context.clock().instant().isBefore(due))
            .min(Comparator.naturalOrder());
    return until.isPresent()
        ? new Left(until, List.of())
        : new Left(until, abortLost(context, likeOurs));
  }

  private List<String> abortLost(StepContext context, Map<String, List<MultipartUpload>> likeOurs) {
    List<String> untold = new ArrayList<>();
    likeOurs.forEach(
        (key, uploads) -> {
          boolean allOurs = uploads.size() <= lost(context, key).size();
          for (MultipartUpload upload : uploads) {
            if (allOurs) {
              abort(context, key, upload.uploadId());
            } else {
              untold.add(key + ", upload " + upload.uploadId());
            }
          }
        });
    return untold;
  }

  private static boolean isOurs(StepContext context, MultipartUpload upload) {
    return context.lastSent(BEGIN, parts(upload.key(), upload.uploadId())).isPresent();
  }

  private boolean mayBeOurs(StepContext context, MultipartUpload upload) {
    return lost(context, upload.key()).stream()
            .map(sent -> Duration.between(sent, upload.initiated()).abs())
            .anyMatch(apart -> apart.compareTo(NEAR) <= 0)
        && hasNoPart(context, upload);
  }

  private boolean hasNoPart(StepContext context, MultipartUpload upload) {
    ListPartsRequest request =
        ListPartsRequest.builder()
            .bucket(env.bucket().name())
            .key(upload.key())
            .uploadId(upload.uploadId())
            .maxParts(1)
            .build();
    try {
      return context
          .read("s3:ListMultipartUploadParts", () -> env.api().listParts(request))
          .parts()
          .isEmpty();
    } catch (S3Exception e) {
      if (AwsFailure.errorCode(e).equals("NoSuchUpload")) {
        return false;
      }
      throw e;
    }
  }

  void abort(StepContext context, String key, String uploadId) {
    AbortMultipartUploadRequest request =
        AbortMultipartUploadRequest.builder()
            .bucket(env.bucket().name())
            .key(key)
            .uploadId(uploadId)
            .build();
    try {
      context.mutate(
          ABORT, key + ", upload " + uploadId, () -> env.api().abortMultipartUpload(request));
    } catch (S3Exception e) {
      if (!AwsFailure.errorCode(e).equals("NoSuchUpload")) {
        throw e;
      }
    }
  }

  private List<MultipartUpload> list(StepContext context, String prefix) {
    List<MultipartUpload> uploads = new ArrayList<>();
    ListMultipartUploadsRequest.Builder request =
        ListMultipartUploadsRequest.builder()
            .bucket(env.bucket().name())
            .prefix(prefix)
            .encodingType(EncodingType.URL);
    boolean isMore = true;
    while (isMore) {
      ListMultipartUploadsResponse page =
          context.read(
              "s3:ListBucketMultipartUploads",
              () -> env.api().listMultipartUploads(request.build()));
      uploads.addAll(page.uploads());
      isMore = Boolean.TRUE.equals(page.isTruncated());
      request
          .keyMarker(Objects.requireNonNullElse(page.nextKeyMarker(), ""))
          .uploadIdMarker(Objects.requireNonNullElse(page.nextUploadIdMarker(), ""));
    }
    return uploads;
  }
}
