package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.KeyUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Looks at the versions of a bucket's objects, several at once, and counts those under a key. */
final class ObjectSearch {

  private final KeyArn key;
  private final String bucket;
  private final AwsReader reader;
  private final S3Api api;
  private final Workers workers;
  private final Pace pace;
  private final AtomicLong under = new AtomicLong();
  private final AtomicLong unseen = new AtomicLong();
  private final AtomicReference<@Nullable String> first = new AtomicReference<>();
  private long seen;

  ObjectSearch(
      KeyArn key, String bucket, AwsReader reader, S3Options options, S3Api api, Workers workers) {
    this.key = key;
    this.bucket = bucket;
    this.reader = reader;
    this.api = api;
    this.workers = workers;
    this.pace = new Pace(options.concurrency());
  }

  List<KeyUse> uses(long most) {
    boolean isCut = search(most);
    List<KeyUse> uses = new ArrayList<>();
    if (under.get() > 0) {
      uses.add(
          new KeyUse(
              under + " object versions of bucket " + bucket,
              "They are under the key, "
                  + first.get()
                  + " for example: move them to another (RotationPlanner.forS3 with"
                  + " S3Options.onlyUnderKey)."));
    }
    if (unseen.get() > 0) {
      uses.add(
          new KeyUse(
              unseen + " object versions of bucket " + bucket,
              "Whether they need the key is not known.",
              "They could not be looked at: grant s3:GetObject and s3:GetObjectVersion for all of"
                  + " them."));
    }
    if (isCut) {
      uses.add(
          new KeyUse(
              "object versions of bucket " + bucket + " after the first " + seen,
              "Whether they need the key is not known.",
              "No more were to be looked at: raise S3KeySearch.atMost(...)."));
    }
    return uses;
  }

  /** Whether there are more than so many. */
  private boolean search(long most) {
    ListObjectVersionsRequest.Builder request =
        ListObjectVersionsRequest.builder().bucket(bucket).encodingType(EncodingType.URL);
    while (true) {
      ListObjectVersionsResponse page =
          reader.read("s3:ListBucketVersions", () -> api.listObjectVersions(request.build()));
      List<VersionRef> versions = page.versions().stream().map(VersionRef::of).toList();
      List<VersionRef> taken = versions.subList(0, (int) Math.min(versions.size(), most - seen));
      workers.each(taken, this::look);
      seen += taken.size();
      boolean isMore = Boolean.TRUE.equals(page.isTruncated());
      if (taken.size() < versions.size() || !isMore || seen == most) {
        return taken.size() < versions.size() || isMore;
      }
      request
          .keyMarker(Objects.requireNonNull(page.nextKeyMarker(), "nextKeyMarker"))
          .versionIdMarker(page.nextVersionIdMarker());
    }
  }

  private void look(VersionRef version) {
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(bucket)
            .key(version.key())
            .versionId(version.requested().orElse(null))
            .build();
    try {
      HeadObjectResponse head = pace.call(() -> api.headObject(request));
      if (key.isNamedBy(Optional.ofNullable(head.ssekmsKeyId()))) {
        under.incrementAndGet();
        first.compareAndSet(null, version.key() + " (" + version.versionId() + ")");
      }
    } catch (S3Exception e) {
      boolean isGone = e.statusCode() == 404;
      if (!isGone && !(e.statusCode() == 400 && isUnderCustomerKey(version))) {
        unseen.incrementAndGet();
      }
    }
  }

  /** The answer to HEAD has no error code; that to GET has. */
  private boolean isUnderCustomerKey(VersionRef version) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(bucket)
            .key(version.key())
            .versionId(version.requested().orElse(null))
            .range("bytes=0-0")
            .build();
    try {
      pace.call(() -> api.getObject(request));
      return false;
    } catch (S3Exception e) {
      return AwsFailure.errorCode(e).equals("InvalidRequest");
    }
  }
}
