package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.s3.Finding.Verdict;
import io.github.kmsrotation.s3.SourceLook.Source;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectAnnotationsRequest;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * A large object with all that a copy of it has to be told.
 *
 * @param source what was looked at, with checksums
 * @param tags its tags
 * @param grants its ACL
 * @param annotated whether it has annotations, which a copy in parts does not carry over
 * @param parts what is copied by one call each
 * @param seenAt when it was looked at
 */
record LargeSource(
    Source source,
    List<Tag> tags,
    Grants grants,
    boolean annotated,
    List<Part> parts,
    Instant seenAt) {

  /**
   * A part.
   *
   * @param number from 1
   * @param from the first byte
   * @param size in bytes
   * @param checksum what S3 has noted of it, if the parts are those of the upload that made the
   *     object
   */
  record Part(int number, long from, long size, Optional<String> checksum) {
    String range() {
      return "bytes=" + from + "-" + (from + size - 1);
    }
  }

  /** Reads it. */
  record Reader(S3Step.Env env, Pace pace, SourceLook sources, Instant now) {

    /** Nothing if it is not what was looked at any more. */
    Optional<LargeSource> read(Source looked) {
      try {
        String key = looked.key();
        HeadObjectRequest.Builder request =
            HeadObjectRequest.builder()
                .bucket(env.bucket().name())
                .key(key)
                .ifMatch(looked.head().eTag())
                .checksumMode(ChecksumMode.ENABLED);
        looked
            .customerKey()
            .ifPresent(
                k ->
                    request
                        .sseCustomerAlgorithm(SseCustomerKey.ALGORITHM)
                        .sseCustomerKey(k.base64())
                        .sseCustomerKeyMD5(k.md5()));
        HeadObjectResponse head = pace.call(() -> env.api().headObject(request.build()));
        Source source = new Source(key, head, looked.customerKey());
        Optional<List<Part>> parts = parts(source);
        if (parts.isEmpty()) {
          return Optional.empty();
        }
        GetObjectTaggingRequest tagging =
            GetObjectTaggingRequest.builder().bucket(env.bucket().name()).key(key).build();
        return Optional.of(
            new LargeSource(
                source,
                pace.call(() -> env.api().getObjectTagging(tagging)).tagSet(),
                sources.grants(key),
                pace.call(() -> hasAnnotations(key)),
                parts.get(),
                now));
      } catch (S3Exception e) {
        if (e.statusCode() == 412) {
          return Optional.empty();
        }
        throw e;
      }
    }

    /**
     * Servers that do not know them refuse, or take the request for GetObject and answer no XML.
     */
    private boolean hasAnnotations(String key) {
      ListObjectAnnotationsRequest request =
          ListObjectAnnotationsRequest.builder().bucket(env.bucket().name()).key(key).build();
      try {
        return !env.api().listObjectAnnotations(request).annotations().isEmpty();
      } catch (S3Exception e) {
        if (e.statusCode() == 405 || e.statusCode() == 501) {
          return false;
        }
        throw e;
      } catch (SdkClientException e) {
        if (String.valueOf(e.getMessage()).startsWith("Could not parse XML response")) {
          return false;
        }
        throw e;
      }
    }

    /** A composite checksum is of the parts, and stays what it is only with the same. */
    private Optional<List<Part>> parts(Source source) {
      Optional<PartChecksum> composite =
          PartChecksum.of(source.head()).filter(PartChecksum::isComposite);
      return composite.isPresent() ? former(source, composite.get()) : Optional.of(equal(source));
    }

    private List<Part> equal(Source source) {
      long size = source.head().contentLength();
      long most = env.options().copyLimits().partSize(size);
      List<Part> parts = new ArrayList<>();
      for (long from = 0; from < size; from += most) {
        parts.add(new Part(parts.size() + 1, from, Math.min(most, size - from), Optional.empty()));
      }
      return parts;
    }

    /** Nothing if the parts that S3 tells are those of an object that took its place meanwhile. */
    private Optional<List<Part>> former(Source source, PartChecksum checksum) {
      List<Part> parts = new ArrayList<>();
      long from = 0;
      int marker = 0;
      boolean isMore = true;
      while (isMore) {
        GetObjectAttributesResponse page = page(source, marker);
        if (page.objectParts() == null) {
          return Optional.empty();
        }
        for (ObjectPart part : page.objectParts().parts()) {
          parts.add(new Part(part.partNumber(), from, part.size(), checksum.in(part)));
          from += part.size();
        }
        marker = Objects.requireNonNullElse(page.objectParts().nextPartNumberMarker(), 0);
        isMore = Boolean.TRUE.equals(page.objectParts().isTruncated());
      }
      return from == source.head().contentLength() ? Optional.of(parts) : Optional.empty();
    }

    private GetObjectAttributesResponse page(Source source, int marker) {
      GetObjectAttributesRequest.Builder request =
          GetObjectAttributesRequest.builder()
              .bucket(env.bucket().name())
              .key(source.key())
              .objectAttributes(ObjectAttributes.OBJECT_PARTS)
              .partNumberMarker(marker);
      source
          .customerKey()
          .ifPresent(
              k ->
                  request
                      .sseCustomerAlgorithm(SseCustomerKey.ALGORITHM)
                      .sseCustomerKey(k.base64())
                      .sseCustomerKeyMD5(k.md5()));
      return pace.call(() -> env.api().getObjectAttributes(request.build()));
    }
  }

  String key() {
    return source.key();
  }

  private HeadObjectResponse head() {
    return source.head();
  }

  /** Without its type, which S3 always tells, it could not be asked for again. */
  Optional<PartChecksum> checksum() {
    return PartChecksum.of(head()).filter(checksum -> checksum.type().isPresent());
  }

  /** What a copy in parts cannot carry over, in words. */
  Optional<String> lost() {
    if (annotated) {
      return Optional.of("annotations");
    }
    return Objects.requireNonNullElse(head().missingMeta(), 0) > 0
        ? Optional.of("metadata that no header can hold")
        : Optional.empty();
  }

  /** Whether nothing of it changed, not only its content. */
  boolean isSameAs(LargeSource other) {
    return head().equalsBySdkFields(other.head())
        && tags.equals(other.tags)
        && grants.equals(other.grants)
        && annotated == other.annotated;
  }

  /** A part that is not what S3 noted of it. */
  Optional<Finding> damaged(List<CompletedPart> copies) {
    for (int i = 0; i < parts.size(); i++) {
      Optional<String> noted = parts.get(i).checksum();
      CompletedPart copy = copies.get(i);
      Optional<String> copied = checksum().flatMap(checksum -> checksum.in(copy));
      if (noted.isPresent() && !noted.equals(copied)) {
        return Optional.of(
            new Finding(Verdict.FAILED, "the copy of part " + (i + 1) + " has another checksum"));
      }
    }
    return Optional.empty();
  }

  CreateMultipartUploadRequest beginning(S3Step.Env env) {
    HeadObjectResponse head = head();
    CreateMultipartUploadRequest.Builder begin =
        CreateMultipartUploadRequest.builder()
            .bucket(env.bucket().name())
            .key(key())
            .metadata(head.metadata())
            .cacheControl(head.cacheControl())
            .contentDisposition(head.contentDisposition())
            .contentEncoding(head.contentEncoding())
            .contentLanguage(head.contentLanguage())
            .contentType(head.contentType())
            .storageClass(head.storageClassAsString())
            .websiteRedirectLocation(head.websiteRedirectLocation())
            .serverSideEncryption(ServerSideEncryption.AWS_KMS)
            .ssekmsKeyId(env.keyArn())
            .bucketKeyEnabled(env.bucketKeys() != BucketKeys.DISABLE)
            .overrideConfiguration(
                o -> {
                  SentOnce.override().accept(o);
                  // As it was written, as it need not be a date that the SDK can read.
                  Optional.ofNullable(head.expiresString())
                      .ifPresent(expires -> o.putHeader("Expires", expires));
                });
    if (!tags.isEmpty()) {
      begin.tagging(
          tags.stream()
              .map(tag -> encoded(tag.key()) + "=" + encoded(tag.value()))
              .collect(Collectors.joining("&")));
    }
    checksum()
        .ifPresent(
            checksum ->
                begin
                    .checksumAlgorithm(checksum.algorithm())
                    .checksumType(checksum.type().orElse(null)));
    lock(begin);
    grants.putInto(begin);
    return begin.build();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** A retention that is over cannot be asked for again, and protects nothing. */
  private void lock(CreateMultipartUploadRequest.Builder begin) {
    Instant until = head().objectLockRetainUntilDate();
    if (until != null && until.isAfter(seenAt)) {
      begin.objectLockMode(head().objectLockModeAsString()).objectLockRetainUntilDate(until);
    }
    if (head().objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON) {
      begin.objectLockLegalHoldStatus(ObjectLockLegalHoldStatus.ON);
    }
  }

  /** Of the version that was looked at, where there are versions. */
  UploadPartCopyRequest copying(S3Step.Env env, String uploadId, Part part) {
    UploadPartCopyRequest.Builder copy =
        UploadPartCopyRequest.builder()
            .sourceBucket(env.bucket().name())
            .sourceKey(key())
            .sourceVersionId(head().versionId())
            .copySourceIfMatch(head().eTag())
            .copySourceRange(part.range())
            .destinationBucket(env.bucket().name())
            .destinationKey(key())
            .uploadId(uploadId)
            .partNumber(part.number());
    source
        .customerKey()
        .ifPresent(
            k ->
                copy.copySourceSSECustomerAlgorithm(SseCustomerKey.ALGORITHM)
                    .copySourceSSECustomerKey(k.base64())
                    .copySourceSSECustomerKeyMD5(k.md5()));
    return copy.build();
  }

  /** S3 refuses it if the object was written meanwhile, or if its size or checksum is another. */
  CompleteMultipartUploadRequest end(
      S3Step.Env env, String uploadId, List<CompletedPart> completed) {
    CompleteMultipartUploadRequest.Builder end =
        CompleteMultipartUploadRequest.builder()
            .bucket(env.bucket().name())
            .key(key())
            .uploadId(uploadId)
            .ifMatch(head().eTag())
            .mpuObjectSize(head().contentLength())
            .multipartUpload(m -> m.parts(completed))
            .overrideConfiguration(SentOnce.override());
    checksum()
        .filter(checksum -> !checksum.isComposite())
        .ifPresent(
            checksum -> {
              end.checksumType(checksum.type().orElse(null));
              checksum.put(end, checksum.value());
            });
    return end.build();
  }
}
