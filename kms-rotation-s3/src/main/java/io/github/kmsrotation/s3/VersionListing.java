package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;

/**
 * The versions of a bucket's objects, older ones included and delete markers left out, in batches;
 * the batch after the one that was asked for is listed meanwhile. Used by one thread.
 */
final class VersionListing {

  /** For each thread: so that waiting for the last of a batch costs next to nothing. */
  private static final int FOR_EACH_THREAD = 100;

  /** Of keys of 1 KiB, two batches are 20 MiB. */
  private static final int MOST = 10_000;

  private static final int MOST_IN_PAGE = 1_000;

  private final S3Step.Env env;
  private final int size;
  private Optional<Ahead> ahead = Optional.empty();

  VersionListing(S3Step.Env env) {
    this.env = env;
    this.size = Math.min(MOST, FOR_EACH_THREAD * env.options().concurrency());
  }

  /** After which version a batch begins. The first batch begins after {@link #START}. */
  record Marker(String key, String versionId) {
    static final Marker START = new Marker("", "");
  }

  /** Versions; and after which the next batch begins, if there is one. */
  record Batch(List<VersionRef> versions, Optional<Marker> next) {}

  private record Ahead(Marker after, Future<Batch> batch) {}

  Batch after(Marker marker, AwsReader reader) {
    Optional<Ahead> listed = ahead.filter(a -> a.after().equals(marker));
    ahead = Optional.empty();
    Batch batch = listed.isPresent() ? taken(listed.get().batch()) : list(marker, reader);
    ahead =
        batch.next().map(next -> new Ahead(next, env.workers().ahead(() -> list(next, reader))));
    return batch;
  }

  /** How many versions there are; by any thread. */
  long count(AwsReader reader) {
    long count = 0;
    Optional<Marker> next = Optional.of(Marker.START);
    while (next.isPresent()) {
      ListObjectVersionsResponse page = page(next.get(), MOST_IN_PAGE, reader);
      count += page.versions().size();
      next = next(page);
    }
    return count;
  }

  private static Batch taken(Future<Batch> batch) {
    try {
      return batch.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AbortedException.create("Interrupted while listing", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Batch list(Marker from, AwsReader reader) {
    List<VersionRef> versions = new ArrayList<>();
    Optional<Marker> next = Optional.of(from);
    while (next.isPresent() && versions.size() < size) {
      ListObjectVersionsResponse page = page(next.get(), Math.min(MOST_IN_PAGE, size), reader);
      page.versions().forEach(version -> versions.add(VersionRef.of(version)));
      next = next(page);
    }
    return new Batch(versions, next);
  }

  /** Asked for as it is, a key with a control character would make the answer no XML. */
  private ListObjectVersionsResponse page(Marker after, int most, AwsReader reader) {
    ListObjectVersionsRequest.Builder request =
        ListObjectVersionsRequest.builder()
            .bucket(env.bucket().name())
            .maxKeys(most)
            .encodingType(EncodingType.URL);
    env.prefix().ifPresent(request::prefix);
    if (!after.equals(Marker.START)) {
      request.keyMarker(after.key());
      if (!after.versionId().isEmpty()) {
        request.versionIdMarker(after.versionId());
      }
    }
    return reader.read(
        "s3:ListBucketVersions", () -> env.api().listObjectVersions(request.build()));
  }

  private static Optional<Marker> next(ListObjectVersionsResponse page) {
    return Boolean.TRUE.equals(page.isTruncated())
        ? Optional.of(
            new Marker(
                Objects.requireNonNull(page.nextKeyMarker(), "nextKeyMarker"),
                Objects.requireNonNullElse(page.nextVersionIdMarker(), "")))
        : Optional.empty();
  }
}
