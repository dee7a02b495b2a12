package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code ListObjectsV2} and {@code ListObjects}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html">ListObjectsV2</a>
 */
final class ListOperations {

  private final S3State state;

  ListOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    String common = "prefix delimiter max-keys encoding-type x-amz-optional-object-attributes";
    operations.read("ListObjects", this::first, common, "marker");
    operations.read(
        "ListObjectsV2",
        this::second,
        common,
        "list-type continuation-token start-after fetch-owner");
  }

  private record Entry(String key, S3Version version) {}

  private record Page(List<Entry> entries, List<String> prefixes, Optional<String> next) {
    int size() {
      return entries.size() + prefixes.size();
    }
  }

  private Page page(Bucket bucket, Paging paging, String after) {
    List<Entry> entries = new ArrayList<>();
    List<String> prefixes = new ArrayList<>();
    String last = after;
    boolean isPrefix = paging.commonPrefix(after).equals(Optional.of(after));
    Map.Entry<String, S3Version> next =
        isPrefix
            ? bucket.newest.higherEntry(KeyOrder.after(after))
            : KeyOrder.INSTANCE.compare(after, paging.prefix()) < 0
                ? bucket.newest.ceilingEntry(paging.prefix())
                : bucket.newest.higherEntry(after);
    while (next != null && next.getKey().startsWith(paging.prefix())) {
      String key = next.getKey();
      Optional<String> group = paging.commonPrefix(key);
      if (!group.isPresent() && next.getValue().isDeleteMarker) {
        next = bucket.newest.higherEntry(key);
        continue;
      }
      if (group.isPresent() && !hasObject(bucket, group.get())) {
        next = bucket.newest.higherEntry(KeyOrder.after(group.get()));
        continue;
      }
      if (entries.size() + prefixes.size() == paging.most()) {
        return new Page(entries, prefixes, Optional.of(last));
      }
      if (group.isPresent()) {
        prefixes.add(group.get());
        last = group.get();
        next = bucket.newest.higherEntry(KeyOrder.after(group.get()));
      } else {
        entries.add(new Entry(key, next.getValue()));
        last = key;
        next = bucket.newest.higherEntry(key);
      }
    }
    return new Page(entries, prefixes, Optional.empty());
  }

  private static boolean hasObject(Bucket bucket, String prefix) {
    return bucket
        .newest
        .tailMap(prefix, true)
        .headMap(KeyOrder.after(prefix), true)
        .values()
        .stream()
        .anyMatch(version -> !version.isDeleteMarker);
  }

  private RestAnswer first(S3Request request) {
    Paging paging = Paging.of(request, "max-keys");
    String marker = request.query("marker").orElse("");
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          Page page = page(bucket, paging, marker);
          XmlOut out = head(request, bucket, paging).put("Marker", paging.encode(marker));
          out.put("IsTruncated", page.next().isPresent());
          if (paging.delimiter().isPresent()) {
            out.put("NextMarker", page.next().map(paging::encode));
          }
          return finish(out, page, paging, true, request);
        });
  }

  private RestAnswer second(S3Request request) {
    Paging paging = Paging.of(request, "max-keys");
    Optional<String> token = request.query("continuation-token");
    Optional<String> startAfter = request.query("start-after");
    String after = token.map(ListOperations::decode).or(() -> startAfter).orElse("");
    boolean withOwner = request.query("fetch-owner").equals(Optional.of("true"));
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          Page page = page(bucket, paging, after);
          XmlOut out = head(request, bucket, paging).put("KeyCount", page.size());
          out.put("IsTruncated", page.next().isPresent()).put("ContinuationToken", token);
          out.put("NextContinuationToken", page.next().map(ListOperations::encode));
          out.put("StartAfter", startAfter.map(paging::encode));
          return finish(out, page, paging, withOwner, request);
        });
  }

  private static String encode(String key) {
    return Base64.getUrlEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw S3Errors.invalidArgument(
          "The continuation token provided is incorrect", "continuation-token", token);
    }
  }

  private static XmlOut head(S3Request request, Bucket bucket, Paging paging) {
    XmlOut out =
        XmlOut.of("ListBucketResult")
            .put("Name", bucket.name)
            .put("Prefix", paging.encode(paging.prefix()))
            .put("MaxKeys", paging.most());
    out.put("Delimiter", request.query("delimiter").map(paging::encode));
    return out.put("EncodingType", request.query("encoding-type"));
  }

  private RestAnswer finish(
      XmlOut out, Page page, Paging paging, boolean withOwner, S3Request request) {
    boolean withRestoration = request.header("x-amz-optional-object-attributes").isPresent();
    for (Entry entry : page.entries()) {
      out.open("Contents").put("Key", paging.encode(entry.key()));
      describe(entry.version(), out);
      if (withOwner) {
        out.open("Owner").put("ID", state.ownerId).close("Owner");
      }
      Restoration restoration = entry.version().restoration;
      if (withRestoration && restoration != null) {
        out.open("RestoreStatus")
            .put("IsRestoreInProgress", restoration.isOngoing(state.now()))
            .put("RestoreExpiryDate", Times.iso(restoration.expires()))
            .close("RestoreStatus");
      }
      out.close("Contents");
    }
    for (String prefix : page.prefixes()) {
      out.open("CommonPrefixes").put("Prefix", paging.encode(prefix)).close("CommonPrefixes");
    }
    return out.answer();
  }

  static void describe(S3Version version, XmlOut out) {
    out.put("LastModified", Times.iso(version.modified())).put("ETag", version.etag());
    version
        .checksum()
        .ifPresent(c -> out.put("ChecksumAlgorithm", c.algorithm()).put("ChecksumType", c.type()));
    out.put("Size", version.size).put("StorageClass", version.storageClass);
  }
}
