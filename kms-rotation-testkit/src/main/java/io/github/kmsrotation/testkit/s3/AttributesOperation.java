package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GetObjectAttributes}. Parts are told for uploads that have a checksum of each part, which
 * is what AWS documents for general purpose buckets.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html">GetObjectAttributes</a>
 */
final class AttributesOperation {

  private static final List<String> KNOWN =
      List.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize");
  private static final int MOST_PARTS = 1000;

  private final S3State state;

  AttributesOperation(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.read(
        "GetObjectAttributes",
        request -> state.locked(() -> get(request)),
        "attributes versionId x-amz-object-attributes x-amz-max-parts x-amz-part-number-marker",
        Operations.CUSTOMER);
  }

  private RestAnswer get(S3Request request) {
    List<String> wanted = wanted(request);
    Bucket bucket = state.bucket(request);
    S3Version version = state.version(bucket, request.key(), request.versionId());
    Optional<CustomerKey> customerKey = CustomerKey.of(request);
    ObjectAnswers.requireCustomerKey(version.encryption, customerKey);
    XmlOut out = XmlOut.of("GetObjectAttributesResponse");
    if (wanted.contains("ETag")) {
      out.put("ETag", version.etag().replace("\"", ""));
    }
    if (wanted.contains("Checksum") && version.checksum().isPresent()) {
      ObjectChecksum checksum = version.checksum().get();
      out.open("Checksum")
          .put(checksum.algorithm().element(), checksum.text())
          .put("ChecksumType", checksum.type())
          .close("Checksum");
    }
    if (wanted.contains("ObjectParts") && !version.parts.isEmpty()) {
      putParts(request, version, out);
    }
    if (wanted.contains("StorageClass")) {
      out.put("StorageClass", version.storageClass);
    }
    if (wanted.contains("ObjectSize")) {
      out.put("ObjectSize", version.size);
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("Last-Modified", Times.http(version.modified()));
    ObjectAnswers.putVersion(bucket, version, headers);
    return out.answer(200, headers);
  }

  private static List<String> wanted(S3Request request) {
    List<String> wanted = new ArrayList<>();
    for (String values :
        request.rest().headers().getOrDefault("X-amz-object-attributes", List.of())) {
      for (String value : values.split(",", -1)) {
        wanted.add(value.strip());
      }
    }
    if (wanted.isEmpty() || !KNOWN.containsAll(wanted)) {
      throw AwsError.badRequest("InvalidArgument", "Invalid attribute name specified.");
    }
    return wanted;
  }

  private static void putParts(S3Request request, S3Version version, XmlOut out) {
    int most =
        request
            .header("x-amz-max-parts")
            .map(text -> Math.min(MOST_PARTS, Numbers.number("x-amz-max-parts", text)))
            .orElse(MOST_PARTS);
    int marker =
        request
            .header("x-amz-part-number-marker")
            .map(text -> Numbers.number("x-amz-part-number-marker", text))
            .orElse(0);
    out.open("ObjectParts").put("PartsCount", version.parts.size());
    boolean areTold =
        version.parts.stream().allMatch(part -> part.checksum().isPresent())
            && version.checksum().map(c -> c.parts() > 0).orElse(false);
    if (areTold) {
      List<PartInfo> left = version.parts.stream().filter(part -> part.number() > marker).toList();
      List<PartInfo> page = left.subList(0, Math.min(most, left.size()));
      out.put("PartNumberMarker", marker)
          .put("NextPartNumberMarker", page.isEmpty() ? marker : page.get(page.size() - 1).number())
          .put("MaxParts", most)
          .put("IsTruncated", page.size() < left.size());
      for (PartInfo part : page) {
        out.open("Part").put("PartNumber", part.number()).put("Size", part.size());
        part.checksum().ifPresent(c -> out.put(c.algorithm().element(), c.text()));
        out.close("Part");
      }
    }
    out.close("ObjectParts");
  }
}
