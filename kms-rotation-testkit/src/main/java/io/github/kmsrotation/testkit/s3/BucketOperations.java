package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Buckets come and go. Names are unique over all Regions.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html">General
 *     purpose bucket naming rules</a>
 */
final class BucketOperations {

  private static final int MOST_XML = 64 * 1024;
  private static final int MOST_IN_PAGE = 10_000;

  private final S3State state;

  BucketOperations(S3State state) {
    this.state = state;
  }

  void define(Operations operations) {
    operations.write(
        "CreateBucket",
        this::create,
        "x-amz-acl x-amz-bucket-object-lock-enabled x-amz-object-ownership",
        "x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp",
        "x-amz-grant-write x-amz-grant-write-acp");
    operations.write("DeleteBucket", this::delete);
    operations.read("HeadBucket", this::head);
    operations.read("GetBucketLocation", this::location, "location");
    operations.read(
        "ListBuckets", this::list, "max-buckets continuation-token prefix bucket-region");
  }

  private RestAnswer create(S3Request request) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Integrity.of(request).read(body, MOST_XML);
    Optional<String> location =
        body.size() == 0
            ? Optional.empty()
            : Xml.parse(body.toByteArray(), "CreateBucketConfiguration")
                .allow("LocationConstraint", "Tags", "Location", "Bucket")
                .value("LocationConstraint")
                .filter(text -> !text.isEmpty());
    return state.locked(() -> create(request, location));
  }

  private RestAnswer create(S3Request request, Optional<String> location) {
    String name = request.bucket();
    String region = request.rest().region();
    requireLegal(name);
    requireLocation(region, location);
    Bucket known = state.buckets.get(name);
    if (known != null) {
      if (region.equals("us-east-1") && known.region.equals(region)) {
        return created(name);
      }
      throw new AwsError(
              "BucketAlreadyOwnedByYou",
              409,
              "Your previous request to create the named bucket succeeded and you already own it.")
          .with("BucketName", name);
    }
    Bucket bucket = new Bucket(name, region, state.now(), state.ownerId);
    bucket.documents.put(PublicAccess.DOCUMENT, PublicAccess.allBlocked());
    request.header("x-amz-object-ownership").ifPresent(o -> own(bucket, o));
    Acls.of(request, bucket, state.ownerId).ifPresent(acl -> bucket.acl = acl);
    if (request.truth("x-amz-bucket-object-lock-enabled")) {
      bucket.versioning = Versioning.ENABLED;
      bucket.objectLock = Optional.of(ObjectLock.WITHOUT_DEFAULT);
    }
    state.buckets.put(name, bucket);
    return created(name);
  }

  private static void own(Bucket bucket, String ownership) {
    if (!BucketSettings.OWNERSHIPS.contains(ownership)) {
      throw S3Errors.invalidArgument(
          "Invalid x-amz-object-ownership header", "x-amz-object-ownership", ownership);
    }
    bucket.ownership = Optional.of(ownership);
  }

  private static RestAnswer created(String name) {
    return RestAnswer.of(200, Map.of("Location", "/" + name), new byte[0]);
  }

  private static void requireLegal(String name) {
    boolean isLegal =
        name.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
            && !name.contains("..")
            && !name.matches("[0-9]+(\\.[0-9]+){3}")
            && List.of("xn--", "sthree-", "amzn-s3-demo-").stream().noneMatch(name::startsWith)
            && List.of("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3").stream()
                .noneMatch(name::endsWith);
    if (!isLegal) {
      throw AwsError.badRequest("InvalidBucketName", "The specified bucket is not valid.")
          .with("BucketName", name);
    }
  }

  private static void requireLocation(String region, Optional<String> location) {
    boolean isDefault = region.equals("us-east-1");
    if (isDefault && location.equals(Optional.of("us-east-1"))) {
      throw AwsError.badRequest(
          "InvalidLocationConstraint", "The specified location-constraint is not valid");
    }
    if (!location.equals(isDefault ? Optional.empty() : Optional.of(region))) {
      throw AwsError.badRequest(
          "IllegalLocationConstraintException",
          "The "
              + location.orElse("unspecified")
              + " location constraint is incompatible for the region specific endpoint this request"
              + " was sent to.");
    }
  }

  private RestAnswer delete(S3Request request) {
    return state.locked(
        () -> {
          Bucket bucket = state.bucket(request);
          if (!bucket.newest.isEmpty()) {
            throw new AwsError("BucketNotEmpty", 409, "The bucket you tried to delete is not empty")
                .with("BucketName", bucket.name);
          }
          bucket.uploads.values().forEach(Upload::release);
          state.buckets.remove(bucket.name);
          return RestAnswer.of(204, Map.of(), new byte[0]);
        });
  }

  private RestAnswer head(S3Request request) {
    Bucket bucket = state.locked(() -> state.bucket(request));
    Map<String, String> headers = new HashMap<>();
    headers.put("x-amz-bucket-region", bucket.region);
    headers.put("x-amz-bucket-arn", "arn:aws:s3:::" + bucket.name);
    headers.put("x-amz-access-point-alias", "false");
    return RestAnswer.of(200, headers, new byte[0]);
  }

  private RestAnswer location(S3Request request) {
    state.requireOwner(request, "x-amz-expected-bucket-owner");
    String region = state.locked(() -> state.bucket(request.bucket())).region;
    return XmlOut.of("LocationConstraint").text(region.equals("us-east-1") ? "" : region).answer();
  }

  private RestAnswer list(S3Request request) {
    int most = Numbers.query(request, "max-buckets", MOST_IN_PAGE, MOST_IN_PAGE);
    String prefix = request.query("prefix").orElse("");
    String after = request.query("continuation-token").orElse("");
    Optional<String> region = request.query("bucket-region");
    List<Bucket> all =
        state.locked(
            () ->
                state.buckets.values().stream()
                    .filter(b -> b.name.startsWith(prefix) && b.name.compareTo(after) > 0)
                    .filter(b -> region.isEmpty() || b.region.equals(region.get()))
                    .toList());
    XmlOut out = XmlOut.of("ListAllMyBucketsResult").open("Buckets");
    List<Bucket> page = all.subList(0, Math.min(most, all.size()));
    for (Bucket bucket : page) {
      out.open("Bucket")
          .put("Name", bucket.name)
          .put("CreationDate", Times.iso(bucket.createdAt))
          .put("BucketRegion", bucket.region)
          .put("BucketArn", "arn:aws:s3:::" + bucket.name)
          .close("Bucket");
    }
    out.close("Buckets").open("Owner").put("ID", state.ownerId).close("Owner");
    if (page.size() < all.size()) {
      out.put("ContinuationToken", page.get(page.size() - 1).name);
    }
    return out.put("Prefix", request.query("prefix")).answer();
  }
}
