package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** The list that a run writes. Its key holds the run's id, so whatever is under it is the run's. */
final class ManifestUpload {

  static final String PUT = "s3:PutObject";
  static final String ABORT = "s3:AbortMultipartUpload";
  static final String DELETE = "s3:DeleteObject";

  private final S3Api api;
  private final String bucket;
  private final String key;

  ManifestUpload(S3Step.Env env, BatchPlan batch) {
    this.api = env.api();
    this.bucket = batch.bucket();
    this.key = batch.manifestKey(env);
  }

  /** What an attempt before, of which no answer came, left behind is given up. */
  String begin(StepContext context) {
    if (context.timesSent(PUT, key) > 0) {
      abortAll(context);
    }
    CreateMultipartUploadRequest request =
        CreateMultipartUploadRequest.builder()
            .bucket(bucket)
            .key(key)
            .contentType("text/csv")
            .serverSideEncryption(ServerSideEncryption.AES256)
            .build();
    return context.mutate(PUT, key, () -> api.createMultipartUpload(request).uploadId());
  }

  /** Put again, a part takes the place of the one before. */
  void put(StepContext context, String id, int number, byte[] bytes) {
    UploadPartRequest request =
        UploadPartRequest.builder().bucket(bucket).key(key).uploadId(id).partNumber(number).build();
    context.mutate(PUT, key + ", part " + number, () -> api.uploadPart(request, bytes));
  }

  /**
   * Makes an object of the parts.
   *
   * @return its ETag
   */
  String complete(StepContext context, String id) {
    String end = key + ", end of upload";
    Optional<String> there = context.timesSent(PUT, end) > 0 ? etag(context) : Optional.empty();
    if (there.isPresent()) {
      return there.get();
    }
    List<CompletedPart> parts = parts(context, id);
    CompleteMultipartUploadRequest request =
        CompleteMultipartUploadRequest.builder()
            .bucket(bucket)
            .key(key)
            .uploadId(id)
            .multipartUpload(u -> u.parts(parts))
            .build();
    return context.mutate(PUT, end, () -> api.completeMultipartUpload(request).eTag());
  }

  private List<CompletedPart> parts(StepContext context, String id) {
    List<CompletedPart> parts = new ArrayList<>();
    ListPartsRequest.Builder request =
        ListPartsRequest.builder().bucket(bucket).key(key).uploadId(id);
    boolean isMore = true;
    while (isMore) {
      ListPartsResponse page =
          context.read("s3:ListMultipartUploadParts", () -> api.listParts(request.build()));
      page.parts()
          .forEach(
              part ->
                  parts.add(
                      CompletedPart.builder()
                          .partNumber(part.partNumber())
                          .eTag(part.eTag())
                          .checksumCRC32(part.checksumCRC32())
                          .checksumCRC64NVME(part.checksumCRC64NVME())
                          .build()));
      isMore = Boolean.TRUE.equals(page.isTruncated());
      request.partNumberMarker(page.nextPartNumberMarker());
    }
    return parts;
  }

  private Optional<String> etag(StepContext context) {
    HeadObjectRequest request = HeadObjectRequest.builder().bucket(bucket).key(key).build();
    try {
      return Optional.of(context.read("s3:GetObject", () -> api.headObject(request).eTag()));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  void abort(StepContext context, String id) {
    AbortMultipartUploadRequest request =
        AbortMultipartUploadRequest.builder().bucket(bucket).key(key).uploadId(id).build();
    context.mutate(ABORT, key, () -> api.abortMultipartUpload(request));
  }

  private void abortAll(StepContext context) {
    ListMultipartUploadsRequest request =
        ListMultipartUploadsRequest.builder().bucket(bucket).prefix(key).build();
    context
        .read("s3:ListBucketMultipartUploads", () -> api.listMultipartUploads(request))
        .uploads()
        .stream()
        .filter(upload -> Objects.equals(upload.key(), key))
        .map(MultipartUpload::uploadId)
        .forEach(id -> abort(context, id));
  }

  /** Gives up what was begun, and deletes what was written; older versions of it stay. */
  void remove(StepContext context) {
    abortAll(context);
    if (etag(context).isPresent()) {
      DeleteObjectRequest request = DeleteObjectRequest.builder().bucket(bucket).key(key).build();
      context.mutate(DELETE, key, () -> api.deleteObject(request));
    }
  }
}
