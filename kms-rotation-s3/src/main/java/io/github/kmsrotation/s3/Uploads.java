package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
 * began an upload of, begun within five minutes of that, and without a part for an hour.
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

  /** What the journal calls the beginning of an upload. */
  static String beginning(String key) {
    return key + ", upload";
  }

  /** What the journal calls the copying of an upload's parts. */
  static String parts(String key, String uploadId) {
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

  /**
   * Gives up what of this run is left under the target's prefix.
   *
   * @return until when it is to be waited for what may be of this run; empty if nothing is
   */
  Optional<Instant> abortLeft(StepContext context) {
    Optional<Instant> until = Optional.empty();
    for (MultipartUpload upload : list(context, env.prefix().orElse(""))) {
      if (isOurs(context, upload)) {
        abort(context, upload.key(), upload.uploadId());
      } else if (mayBeOurs(context, upload)) {
        Instant due = upload.initiated().plus(EMPTY_FOR);
        if (context.clock().instant().isBefore(due)) {
          until = Optional.of(until.filter(due::isBefore).orElse(due));
        } else {
          abort(context, upload.key(), upload.uploadId());
        }
      }
    }
    return until;
  }

  private static boolean isOurs(StepContext context, MultipartUpload upload) {
    return context.lastSent(BEGIN, parts(upload.key(), upload.uploadId())).isPresent();
  }

  private boolean mayBeOurs(StepContext context, MultipartUpload upload) {
    return context
            .lastSent(BEGIN, beginning(upload.key()))
            .map(sent -> Duration.between(sent, upload.initiated()).abs())
            .filter(apart -> apart.compareTo(NEAR) <= 0)
            .isPresent()
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
