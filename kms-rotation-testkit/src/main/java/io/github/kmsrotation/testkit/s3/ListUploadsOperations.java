package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * {@code ListMultipartUploads} and {@code ListParts}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html">ListMultipartUploads</a>
 */
final class ListUploadsOperations {

  private static final Comparator<Upload> ORDER =
      Comparator.<Upload, String>comparing(upload -> upload.key, KeyOrder.INSTANCE)
          .thenComparing(upload -> upload.initiated)
          .thenComparing(upload -> upload.id);

  private final S3State state;

  ListUploadsOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.read(
        "ListMultipartUploads",
        request -> state.locked(() -> uploads(request)),
        "uploads prefix max-uploads encoding-type key-marker upload-id-marker");
    operations.read(
        "ListParts",
        request -> state.locked(() -> parts(request)),
        "uploadId max-parts part-number-marker",
        Operations.CUSTOMER);
  }

  private RestAnswer uploads(S3Request request) {
    Bucket bucket = state.bucket(request);
    Paging paging = Paging.of(request, "max-uploads");
    String keyMarker = request.query("key-marker").orElse("");
    String idMarker = keyMarker.isEmpty() ? "" : request.query("upload-id-marker").orElse("");
    List<Upload> left =
        bucket.uploads.values().stream()
            .filter(upload -> upload.key.startsWith(paging.prefix()))
            .sorted(ORDER)
            .dropWhile(upload -> !isAfter(bucket, upload, keyMarker, idMarker))
            .toList();
    List<Upload> page = left.subList(0, Math.min(paging.most(), left.size()));
    boolean isTruncated = page.size() < left.size();
    XmlOut out =
        XmlOut.of("ListMultipartUploadsResult")
            .put("Bucket", bucket.name)
            .put("KeyMarker", paging.encode(keyMarker))
            .put("UploadIdMarker", idMarker)
            .put("Prefix", paging.encode(paging.prefix()))
            .put("MaxUploads", paging.most())
            .put("IsTruncated", isTruncated);
    out.put("EncodingType", request.query("encoding-type"));
    if (isTruncated && !page.isEmpty()) {
      Upload last = page.get(page.size() - 1);
      out.put("NextKeyMarker", paging.encode(last.key)).put("NextUploadIdMarker", last.id);
    }
    for (Upload upload : page) {
      out.open("Upload").put("Key", paging.encode(upload.key)).put("UploadId", upload.id);
      owner("Initiator", out);
      owner("Owner", out);
      out.put("StorageClass", upload.object.storageClass)
          .put("Initiated", Times.iso(upload.initiated))
          .put("ChecksumAlgorithm", upload.algorithm)
          .put("ChecksumType", type(upload))
          .close("Upload");
    }
    return out.answer();
  }

  private static boolean isAfter(Bucket bucket, Upload upload, String keyMarker, String idMarker) {
    int order = KeyOrder.INSTANCE.compare(upload.key, keyMarker);
    if (order != 0 || idMarker.isEmpty()) {
      return order > 0;
    }
    Upload marker = bucket.uploads.get(idMarker);
    return marker == null || ORDER.compare(upload, marker) > 0;
  }

  private void owner(String name, XmlOut out) {
    out.open(name).put("ID", state.ownerId).close(name);
  }

  private static String type(Upload upload) {
    return upload.isComposite ? "COMPOSITE" : "FULL_OBJECT";
  }

  private RestAnswer parts(S3Request request) {
    Bucket bucket = state.bucket(request);
    Upload upload = UploadOperations.upload(bucket, request);
    int most = Numbers.query(request, "max-parts", Paging.MOST, Paging.MOST);
    int marker = Numbers.query(request, "part-number-marker", 0, Integer.MAX_VALUE);
    List<Upload.Part> left = List.copyOf(upload.parts.tailMap(marker, false).values());
    List<Upload.Part> page = left.subList(0, Math.min(most, left.size()));
    XmlOut out =
        XmlOut.of("ListPartsResult")
            .put("Bucket", bucket.name)
            .put("Key", upload.key)
            .put("UploadId", upload.id)
            .put("PartNumberMarker", marker)
            .put("NextPartNumberMarker", page.isEmpty() ? 0 : page.get(page.size() - 1).number())
            .put("MaxParts", most)
            .put("IsTruncated", page.size() < left.size());
    owner("Initiator", out);
    owner("Owner", out);
    out.put("StorageClass", upload.object.storageClass);
    if (upload.isAlgorithmStated) {
      out.put("ChecksumAlgorithm", upload.algorithm).put("ChecksumType", type(upload));
    }
    for (Upload.Part part : page) {
      out.open("Part")
          .put("PartNumber", part.number())
          .put("LastModified", Times.iso(part.modified()))
          .put("ETag", PartOperations.etag(part))
          .put("Size", part.blob().length());
      Optional<ObjectChecksum> told = part.checksum().filter(c -> upload.isAlgorithmStated);
      told.ifPresent(c -> out.put(c.algorithm().element(), c.text()));
      out.close("Part");
    }
    return out.answer();
  }
}
