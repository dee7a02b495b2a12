package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code ListObjectVersions}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html">ListObjectVersions</a>
 */
final class ListVersionsOperation {

  private final S3State state;

  ListVersionsOperation(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.read(
        "ListObjectVersions",
        this::list,
        "versions prefix delimiter max-keys encoding-type key-marker version-id-marker",
        "x-amz-optional-object-attributes");
  }

  private record Entry(String key, S3Version version, boolean isLatest) {}

  /** Collects a page; entries are in the order of keys, newest first. */
  private static final class Page {
    final Paging paging;
    final List<Entry> entries = new ArrayList<>();
    final List<String> prefixes = new ArrayList<>();
    boolean isTruncated;

    Page(Paging paging) {
      this.paging = paging;
    }

    boolean isFull() {
      return entries.size() + prefixes.size() == paging.most();
    }
  }

  private RestAnswer list(S3Request request) {
    Paging paging = Paging.of(request, "max-keys");
    Optional<String> keyMarker = request.query("key-marker").filter(text -> !text.isEmpty());
    Optional<String> idMarker = request.query("version-id-marker").filter(text -> !text.isEmpty());
    if (idMarker.isPresent() && keyMarker.isEmpty()) {
      throw AwsError.badRequest(
          "InvalidArgument", "A version-id marker cannot be specified without a key marker.");
    }
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          Page page = page(bucket, paging, keyMarker, idMarker);
          return write(request, bucket, page, keyMarker, idMarker);
        });
  }

  private static Page page(
      Bucket bucket, Paging paging, Optional<String> keyMarker, Optional<String> idMarker) {
    Page page = new Page(paging);
    if (idMarker.isPresent()) {
      rest(bucket, page, keyMarker.orElseThrow(), idMarker.get());
    }
    String after = keyMarker.orElse("");
    boolean isPrefix = paging.commonPrefix(after).equals(keyMarker);
    Map.Entry<String, S3Version> next =
        keyMarker.isEmpty() || KeyOrder.INSTANCE.compare(after, paging.prefix()) < 0
            ? bucket.newest.ceilingEntry(paging.prefix())
            : bucket.newest.higherEntry(isPrefix ? KeyOrder.after(after) : after);
    while (next != null && next.getKey().startsWith(paging.prefix()) && !page.isTruncated) {
      Optional<String> group = paging.commonPrefix(next.getKey());
      if (group.isPresent()) {
        if (page.isFull()) {
          page.isTruncated = true;
        } else {
          page.prefixes.add(group.get());
        }
        next = bucket.newest.higherEntry(KeyOrder.after(group.get()));
      } else {
        add(page, next.getKey(), next.getValue(), true);
        next = bucket.newest.higherEntry(next.getKey());
      }
    }
    return page;
  }

  /** The versions of a key that follow those of the page before, whose last may be gone by now. */
  private static void rest(Bucket bucket, Page page, String key, String idMarker) {
    Optional<S3Version> marker = bucket.find(key, Optional.of(idMarker));
    S3Version next = marker.isPresent() ? marker.get().older : bucket.newest.get(key);
    while (marker.isEmpty() && next != null && !VersionIds.isOlder(next.id, idMarker)) {
      next = next.older;
    }
    if (next != null && key.startsWith(page.paging.prefix())) {
      add(page, key, next, false);
    }
  }

  private static void add(Page page, String key, S3Version first, boolean isLatest) {
    S3Version version = first;
    boolean latest = isLatest;
    while (version != null) {
      if (page.isFull()) {
        page.isTruncated = true;
        return;
      }
      page.entries.add(new Entry(key, version, latest));
      version = version.older;
      latest = false;
    }
  }

  private RestAnswer write(
      S3Request request,
      Bucket bucket,
      Page page,
      Optional<String> keyMarker,
      Optional<String> idMarker) {
    Paging paging = page.paging;
    XmlOut out =
        XmlOut.of("ListVersionsResult")
            .put("Name", bucket.name)
            .put("Prefix", paging.encode(paging.prefix()))
            .put("KeyMarker", paging.encode(keyMarker.orElse("")))
            .put("VersionIdMarker", idMarker.orElse(""))
            .put("MaxKeys", paging.most());
    out.put("Delimiter", request.query("delimiter").map(paging::encode));
    out.put("EncodingType", request.query("encoding-type"));
    out.put("IsTruncated", page.isTruncated);
    if (page.isTruncated) {
      putNext(page, out);
    }
    for (Entry entry : page.entries) {
      String name = entry.version().isDeleteMarker ? "DeleteMarker" : "Version";
      out.open(name).put("Key", paging.encode(entry.key())).put("VersionId", entry.version().id);
      out.put("IsLatest", entry.isLatest());
      if (entry.version().isDeleteMarker) {
        out.put("LastModified", Times.iso(entry.version().modified()));
      } else {
        ListOperations.describe(entry.version(), out);
      }
      out.open("Owner").put("ID", state.ownerId).close("Owner").close(name);
    }
    for (String prefix : page.prefixes) {
      out.open("CommonPrefixes").put("Prefix", paging.encode(prefix)).close("CommonPrefixes");
    }
    return out.answer();
  }

  private static void putNext(Page page, XmlOut out) {
    Optional<Entry> lastEntry =
        page.entries.isEmpty()
            ? Optional.empty()
            : Optional.of(page.entries.get(page.entries.size() - 1));
    Optional<String> lastPrefix =
        page.prefixes.isEmpty()
            ? Optional.empty()
            : Optional.of(page.prefixes.get(page.prefixes.size() - 1));
    boolean endsWithPrefix =
        lastPrefix.isPresent()
            && (lastEntry.isEmpty()
                || KeyOrder.INSTANCE.compare(lastEntry.get().key(), lastPrefix.get()) < 0);
    if (endsWithPrefix) {
      out.put("NextKeyMarker", page.paging.encode(lastPrefix.get()));
    } else if (lastEntry.isPresent()) {
      out.put("NextKeyMarker", page.paging.encode(lastEntry.get().key()));
      out.put("NextVersionIdMarker", lastEntry.get().version().id);
    }
  }
}
