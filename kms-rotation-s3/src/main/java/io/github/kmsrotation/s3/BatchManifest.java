package io.github.kmsrotation.s3;

import java.util.Objects;
import java.util.Optional;

/**
 * Where S3 Batch Operations takes its list of objects from. Immutable.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html">Creating
 *     an S3 Batch Operations job</a>
 */
public final class BatchManifest {

  /** Who makes the list. */
  enum Kind {
    LISTED,
    GENERATED,
    INVENTORY
  }

  private final Kind kind;
  private final Optional<String> arn;
  private final Optional<String> etag;

  private BatchManifest(Kind kind, Optional<String> arn, Optional<String> etag) {
    this.kind = kind;
    this.arn = arn;
    this.etag = etag;
  }

  /**
   * The run lists the bucket, every version of every object, and writes the list to S3, as it goes.
   * The one kind that is certain to have older versions, and takes one call to S3 for a thousand
   * versions.
   *
   * @return the choice
   */
  public static BatchManifest listed() {
    return new BatchManifest(Kind.LISTED, Optional.empty(), Optional.empty());
  }

  /**
   * S3 makes the list itself, of objects under SSE-S3 and SSE-KMS: a job for each, since a list is
   * filtered by one encryption, and one more where Bucket Keys are kept as they are. AWS does not
   * say that such a list has older versions, so it is taken only where the bucket has no versions.
   *
   * @return the choice
   */
  public static BatchManifest generated() {
    return new BatchManifest(Kind.GENERATED, Optional.empty(), Optional.empty());
  }

  /**
   * A report of S3 Inventory, in CSV, of this bucket. What was written between the report and the
   * moment that the bucket's default encryption is set is not in it, and is found by the
   * verification.
   *
   * @param manifestArn the ARN of its {@code manifest.json}, as {@code arn:aws:s3:::bucket/key}
   * @param manifestETag that object's ETag
   * @return the choice
   * @throws IllegalArgumentException if it is not the ARN of such an object
   */
  public static BatchManifest inventory(String manifestArn, String manifestETag) {
    if (!manifestArn.matches("arn:[^:]+:s3:::[^/]+/.*manifest\\.json")) {
      throw new IllegalArgumentException(
          "Not the ARN of an inventory's manifest.json: " + manifestArn);
    }
    return new BatchManifest(
        Kind.INVENTORY,
        Optional.of(manifestArn),
        Optional.of(Objects.requireNonNull(manifestETag, "manifestETag").replace("\"", "")));
  }

  Kind kind() {
    return kind;
  }

  /** Of an inventory. */
  Optional<String> arn() {
    return arn;
  }

  /** Of an inventory. */
  Optional<String> etag() {
    return etag;
  }

  @Override
  public String toString() {
    return kind + arn.map(a -> " " + a).orElse("");
  }
}
