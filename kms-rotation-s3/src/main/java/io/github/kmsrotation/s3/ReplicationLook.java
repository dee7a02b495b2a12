package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.s3.ReplicationFinding.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ReplicationStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;

/**
 * Looks at versions in the source and in the destination, and compares them. Content is compared by
 * size and checksum, and by ETag where neither is under a KMS key: under one, an ETag says nothing
 * of the content. So of an object under a KMS key that was written without a checksum, as all were
 * before S3 made one for each, the size alone is compared. Safe for use by several threads.
 */
final class ReplicationLook {

  private record Property(
      String name, boolean isChecksum, Function<HeadObjectResponse, @Nullable Object> value) {}

  private static final List<Property> PROPERTIES =
      List.of(
          new Property("size", false, h -> h.contentLength()),
          new Property("checksum type", true, h -> h.checksumTypeAsString()),
          new Property("CRC32", true, h -> h.checksumCRC32()),
          new Property("CRC32C", true, h -> h.checksumCRC32C()),
          new Property("CRC64NVME", true, h -> h.checksumCRC64NVME()),
          new Property("SHA-1", true, h -> h.checksumSHA1()),
          new Property("SHA-256", true, h -> h.checksumSHA256()),
          new Property("content type", false, h -> h.contentType()),
          new Property("content encoding", false, h -> h.contentEncoding()),
          new Property("content language", false, h -> h.contentLanguage()),
          new Property("content disposition", false, h -> h.contentDisposition()),
          new Property("cache control", false, h -> h.cacheControl()),
          new Property("expiry", false, h -> h.expiresString()),
          new Property("metadata", false, h -> h.metadata()),
          new Property("website redirect", false, h -> h.websiteRedirectLocation()),
          new Property("storage class", false, h -> h.storageClassAsString()),
          new Property("lock mode", false, h -> h.objectLockModeAsString()),
          new Property("retention", false, h -> h.objectLockRetainUntilDate()),
          new Property("legal hold", false, h -> h.objectLockLegalHoldStatusAsString()),
          new Property("number of tags", false, h -> h.tagCount()));

  private final S3Step.Env env;
  private final ReplicationSetup setup;
  private final Pace pace;

  ReplicationLook(S3Step.Env env, ReplicationSetup setup, Pace pace) {
    this.env = env;
    this.setup = setup;
    this.pace = pace;
  }

  /** What HEAD says, if it says anything: of a delete marker and under SSE-C it does not. */
  private record Seen(int status, Optional<HeadObjectResponse> head) {

    boolean isAbsent() {
      return status == 404;
    }

    boolean isMarker() {
      return status == 405;
    }

    boolean isUnderCustomerKey() {
      return status == 400;
    }
  }

  private Seen head(String bucket, ReplicationSweep.Entry entry, boolean withChecksum) {
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(bucket)
            .key(entry.key())
            .versionId(entry.versionId())
            .checksumMode(withChecksum ? ChecksumMode.ENABLED : null)
            .build();
    try {
      return new Seen(200, Optional.of(pace.call(() -> env.api().headObject(request))));
    } catch (S3Exception e) {
      if (e.statusCode() == 404 || e.statusCode() == 405 || e.statusCode() == 400) {
        return new Seen(e.statusCode(), Optional.empty());
      }
      throw e;
    }
  }

  /**
   * How far S3 is with a version, by the status that it shows of it. Where there are other rules,
   * the status may be that of another destination.
   */
  ReplicationFinding status(ReplicationSweep.Entry entry) {
    if (entry.isMarker()) {
      return new ReplicationFinding(Verdict.PASSED_OVER);
    }
    return guarded(
        () -> {
          ReplicationFinding shown =
              head(env.bucket().name(), entry, false)
                  .head()
                  .map(h -> status(h.replicationStatus()))
                  .orElse(new ReplicationFinding(Verdict.PASSED_OVER));
          boolean mayBeOfOthers = setup.hasFormerRules() && shown.verdict() != Verdict.PASSED_OVER;
          return mayBeOfOthers && !head(setup.destination(), entry, false).isAbsent()
              ? new ReplicationFinding(Verdict.PASSED_OVER)
              : shown;
        });
  }

  private static ReplicationFinding status(@Nullable ReplicationStatus status) {
    return new ReplicationFinding(
        status == ReplicationStatus.PENDING
            ? Verdict.PENDING
            : status == ReplicationStatus.FAILED ? Verdict.FAILED : Verdict.PASSED_OVER);
  }

  /** What is in the destination and not in the source. */
  ReplicationFinding extra(ReplicationSweep.Entry entry) {
    return guarded(
        () ->
            new ReplicationFinding(
                head(env.bucket().name(), entry, false).isAbsent()
                    ? Verdict.EXTRA
                    : Verdict.PASSED_OVER));
  }

  /** A version of the source beside its replica. */
  ReplicationFinding compare(ReplicationSweep.Entry entry) {
    return guarded(() -> compared(entry));
  }

  private ReplicationFinding compared(ReplicationSweep.Entry entry) {
    Seen source = head(env.bucket().name(), entry, true);
    if (source.isAbsent()) {
      return new ReplicationFinding(Verdict.GONE);
    }
    Seen replica = head(setup.destination(), entry, true);
    if (replica.isAbsent()) {
      return missing(entry, source);
    }
    if (source.isMarker() || replica.isMarker()) {
      return source.isMarker() == replica.isMarker()
          ? new ReplicationFinding(Verdict.SAME)
          : new ReplicationFinding(Verdict.DIFFERENT, "one is a delete marker");
    }
    if (source.isUnderCustomerKey() || replica.isUnderCustomerKey()) {
      return new ReplicationFinding(Verdict.UNSEEN);
    }
    return compared(entry, source.head().orElseThrow(), replica.head().orElseThrow());
  }

  private static ReplicationFinding missing(ReplicationSweep.Entry entry, Seen source) {
    ReplicationFinding told =
        status(source.head().map(HeadObjectResponse::replicationStatus).orElse(null));
    if (told.verdict() != Verdict.PASSED_OVER) {
      return told;
    }
    String why = "";
    if (entry.storageClass().matches("GLACIER|DEEP_ARCHIVE")) {
      why = "archived in " + entry.storageClass();
    } else if (source.head().flatMap(h -> archived(h)).isPresent()) {
      why = source.head().flatMap(h -> archived(h)).get();
    }
    return new ReplicationFinding(Verdict.NOT_REPLICATED, why);
  }

  private static Optional<String> archived(HeadObjectResponse head) {
    return Optional.ofNullable(head.archiveStatusAsString()).map(tier -> "archived in " + tier);
  }

  private ReplicationFinding compared(
      ReplicationSweep.Entry entry, HeadObjectResponse source, HeadObjectResponse replica) {
    List<String> differences = new ArrayList<>();
    for (Property property : PROPERTIES) {
      Object expected = property.value().apply(source);
      boolean isUnknown = property.isChecksum() && expected == null;
      if (!isUnknown && !Objects.equals(expected, property.value().apply(replica))) {
        differences.add(property.name());
      }
    }
    boolean isUnderKms = source.ssekmsKeyId() != null || replica.ssekmsKeyId() != null;
    if (!isUnderKms && !Objects.equals(source.eTag(), replica.eTag())) {
      differences.add("ETag");
    }
    boolean hasTags = source.tagCount() != null && replica.tagCount() != null;
    if (hasTags && !tags(env.bucket().name(), entry).equals(tags(setup.destination(), entry))) {
      differences.add("tags");
    }
    if (setup.comparesAcls()
        && !grants(env.bucket().name(), entry).equals(grants(setup.destination(), entry))) {
      differences.add("ACL");
    }
    if (!differences.isEmpty()) {
      return source.replicationStatus() == ReplicationStatus.PENDING
          ? new ReplicationFinding(Verdict.PENDING)
          : new ReplicationFinding(Verdict.DIFFERENT, String.join(", ", differences));
    }
    return env.keyArn().equals(replica.ssekmsKeyId())
        ? new ReplicationFinding(Verdict.SAME)
        : new ReplicationFinding(
            Verdict.OTHER_KEY,
            Objects.toString(
                replica.ssekmsKeyId(), replica.serverSideEncryptionAsString() + " without KMS"));
  }

  private List<Tag> tags(String bucket, ReplicationSweep.Entry entry) {
    GetObjectTaggingRequest request =
        GetObjectTaggingRequest.builder()
            .bucket(bucket)
            .key(entry.key())
            .versionId(entry.versionId())
            .build();
    return pace.call(() -> env.api().getObjectTagging(request)).tagSet().stream()
        .sorted(Comparator.comparing(Tag::key))
        .toList();
  }

  private Grants grants(String bucket, ReplicationSweep.Entry entry) {
    GetObjectAclRequest request =
        GetObjectAclRequest.builder()
            .bucket(bucket)
            .key(entry.key())
            .versionId(entry.versionId())
            .build();
    return Grants.of(pace.call(() -> env.api().getObjectAcl(request)));
  }

  private interface Look {
    ReplicationFinding now();
  }

  private static ReplicationFinding guarded(Look look) {
    try {
      return look.now();
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return new ReplicationFinding(Verdict.GONE);
      }
      return new ReplicationFinding(
          Verdict.REFUSED, (AwsFailure.errorCode(e) + " " + e.statusCode()).strip());
    }
  }
}
