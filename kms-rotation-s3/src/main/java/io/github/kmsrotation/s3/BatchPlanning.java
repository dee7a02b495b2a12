package io.github.kmsrotation.s3;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.s3.BatchManifest.Kind;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.target.S3Target;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Looks at what jobs of S3 Batch Operations rest on, and says what they mean. */
final class BatchPlanning {

  /** Hours for one machine at a thousand or so a second. */
  static final long MANY = 10_000_000;

  /** An inventory's manifest.json names its files, a few hundred bytes each. */
  private static final long LARGEST_INVENTORY_MANIFEST = 64L << 20;

  private final S3Target target;
  private final S3Options options;
  private final Bucket bucket;
  private final AwsReader calls;
  private final Findings findings;

  BatchPlanning(
      S3Target target, S3Options options, Bucket bucket, AwsReader calls, Findings findings) {
    this.target = target;
    this.options = options;
    this.bucket = bucket;
    this.calls = calls;
    this.findings = findings;
  }

  /** Nothing if objects are moved from here. */
  Optional<BatchPlan> plan() {
    options.batchOperations().ifPresent(this::check);
    if (options.batchOperations().isEmpty()) {
      recommend();
      return Optional.empty();
    }
    BatchOperations batch = options.batchOperations().get();
    Optional<Boolean> hasVersions = findings.look(() -> !bucket.versioning(calls).isEmpty());
    hasVersions.ifPresent(versions -> checkManifest(batch, versions));
    sayWhatJobsAre(batch);
    return hasVersions.map(versions -> BatchPlan.of(batch, versions));
  }

  private void recommend() {
    options
        .expectedVersions()
        .ifPresent(
            versions -> {
              if (versions > MANY && !options.isRewritingEverything()) {
                findings.warning(
                    String.format(
                        "%,d versions are expected, and each takes two calls from here.", versions),
                    String.format(
                        "Above %,d, S3 Batch Operations is recommended: AWS works through the list"
                            + " while nothing of yours has to run."
                            + " S3Options.batchOperations(...)",
                        MANY));
              }
            });
  }

  private void check(BatchOperations batch) {
    findings.check(() -> artifacts(batch));
    Kind kind = batch.manifest().kind();
    if (options.isRewritingEverything()) {
      findings.problem(
          "S3 Batch Operations cannot rewrite objects so that nobody's write is lost: its copies"
              + " have no conditions.",
          "Leave out rewriteEverything() or batchOperations(...).");
    }
    if (options.isRequester()) {
      findings.problem(
          "Jobs of S3 Batch Operations do not accept the costs of a Requester Pays bucket.",
          "Leave out iPayForRequests() or batchOperations(...).");
    }
    if (kind != Kind.GENERATED && options.bucketKeys() == BucketKeys.KEEP) {
      findings.problem(
          "A job gives all objects of its list the same Bucket Key setting, and whether they have"
              + " one now is not in the list.",
          "Choose BucketKeys.ENABLE or DISABLE, or BatchManifest.generated().");
    }
    if (kind != Kind.GENERATED && options.onlyKey().isPresent()) {
      findings.problem(
          "Which key a version is under is not in the list.",
          "onlyUnderKey(...) takes BatchManifest.generated().");
    }
  }

  /** S3 puts reports under SSE-S3, so that they would be objects that are to be moved. */
  private void artifacts(BatchOperations batch) {
    HeadBucketRequest request = HeadBucketRequest.builder().bucket(batch.bucket()).build();
    try {
      calls.read("s3:ListBucket", () -> bucket.api().headBucket(request));
    } catch (S3Exception e) {
      findings.problem(
          batch.bucket(),
          e.statusCode() == 404
              ? "There is no such bucket for manifests and reports."
              : "The bucket for manifests and reports cannot be looked at: " + e.getMessage(),
          "Name one in the Region of the bucket that is rotated.");
    }
    boolean isAmongThem =
        batch.bucket().equals(target.bucket())
            && target.prefix().filter(prefix -> !batch.prefix().startsWith(prefix)).isEmpty();
    if (isAmongThem) {
      findings.problem(
          "Manifests and reports would lie among the objects that are moved.",
          "Name another bucket for them, or a prefix that is not rotated.");
    }
  }

  private void checkManifest(BatchOperations batch, boolean hasVersions) {
    switch (batch.manifest().kind()) {
      case GENERATED -> {
        if (hasVersions) {
          findings.problem(
              "Its objects have versions, and AWS does not say that a list which S3 generates has"
                  + " older ones.",
              "Take BatchManifest.listed(), which has every version, or an inventory of all"
                  + " versions.");
        }
      }
      case INVENTORY -> findings.check(() -> checkInventory(batch.manifest(), hasVersions));
      case LISTED -> {}
    }
  }

  private void checkInventory(BatchManifest manifest, boolean hasVersions) {
    if (target.prefix().isPresent()) {
      findings.problem(
          "A job moves all objects of an inventory, and only those of a prefix are rotated.",
          "Take BatchManifest.listed() or generated().");
    }
    String arn = manifest.arn().orElseThrow();
    String[] place = arn.split(":::", 2)[1].split("/", 2);
    HeadObjectRequest head = HeadObjectRequest.builder().bucket(place[0]).key(place[1]).build();
    try {
      HeadObjectResponse there = calls.read("s3:GetObject", () -> bucket.api().headObject(head));
      boolean isSame =
          Objects.toString(there.eTag(), "")
              .replace("\"", "")
              .equals(manifest.etag().orElseThrow());
      if (!isSame) {
        findings.problem(arn, "Its ETag is " + there.eTag() + ".", "Name that of the inventory.");
      } else if (there.contentLength() <= LARGEST_INVENTORY_MANIFEST) {
        GetObjectRequest get = GetObjectRequest.builder().bucket(place[0]).key(place[1]).build();
        checkSchema(
            arn, calls.read("s3:GetObject", () -> bucket.api().getObject(get)), hasVersions);
      }
    } catch (S3Exception e) {
      findings.problem(
          arn, "It cannot be read: " + e.getMessage(), "Name an inventory's manifest.");
    }
  }

  /**
   * An inventory of current versions only would leave older ones.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html">Locating
   *     your inventory list</a>
   */
  private void checkSchema(String arn, byte[] json, boolean hasVersions) {
    Map<String, Object> manifest;
    try {
      manifest = JSON.std.mapFrom(json);
    } catch (IOException e) {
      findings.problem(arn, "It is not JSON.", "Name the manifest.json of an inventory.");
      return;
    }
    if (!bucket.name().equals(manifest.get("sourceBucket"))) {
      findings.problem(
          arn,
          "It is an inventory of bucket " + manifest.get("sourceBucket") + ".",
          "Name one of this bucket.");
    }
    if (!"CSV".equals(manifest.get("fileFormat"))) {
      findings.problem(
          arn,
          "It is in " + manifest.get("fileFormat") + ", and S3 Batch Operations takes CSV.",
          "Have an inventory made in CSV.");
    }
    List<String> schema =
        Arrays.stream(String.valueOf(manifest.get("fileSchema")).split(","))
            .map(String::strip)
            .toList();
    if (hasVersions && !schema.contains("VersionId")) {
      findings.problem(
          arn,
          "It has current versions only, and the bucket has others.",
          "Have an inventory of all versions made, or take BatchManifest.listed().");
    }
    findings.warning(
        "Objects are those of the inventory of "
            + Objects.toString(manifest.get("creationTimestamp"), "an unknown time")
            + ".",
        "What was written since, under another key than the new one, is not moved, and the"
            + " verification stops for it.");
  }

  private void sayWhatJobsAre(BatchOperations batch) {
    findings.warning(
        "AWS moves the objects, by jobs of S3 Batch Operations with the role "
            + batch.roleArn()
            + ". Whether that can be assumed, and what it may do, is seen only when a job is"
            + " prepared.",
        "It takes s3:UpdateObjectEncryption, s3:GetObject, s3:GetObjectVersion on the objects, the"
            + " use of the keys, and to read manifests and write reports in "
            + batch.bucket()
            + "/"
            + batch.prefix()
            + ". Jobs are made before the phase COPY and confirmed in it; rolled back, they are"
            + " cancelled. Manifests and reports of a run that succeeds stay there.");
    if (options.isRewriting()) {
      findings.warning(
          "What jobs cannot move is rewritten from here.",
          "That goes through all versions once more, from one machine.");
    }
    findings.warning(
        "AWS charges for each job and for each object of its list.",
        "See Amazon S3 pricing, S3 Batch Operations. Objects that are under the new key already are"
            + " paid for, too, where the list has them; a job fails when more than half of its"
            + " objects cannot be moved.");
  }
}
