package io.github.kmsrotation.target;

import java.util.Objects;
import java.util.Optional;

/**
 * The objects of an S3 bucket, all of them or those whose keys begin with a prefix.
 *
 * @param bucket the name of the bucket
 * @param prefix what the keys begin with, 1 to 1024 characters; empty for the whole bucket
 */
public record S3Target(String bucket, Optional<String> prefix) implements Target {

  /** The value of {@link #kind()}. */
  public static final String KIND = "s3";

  /**
   * @throws IllegalArgumentException if the bucket's name is not one that S3 can have given, or the
   *     prefix is empty or too long
   */
  public S3Target {
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(prefix, "prefix");
    if (!bucket.matches("[a-zA-Z0-9._-]{3,255}")) {
      throw new IllegalArgumentException(
          "Not the name of a bucket: '"
              + bucket
              + "'. It has 3 to 63 lower-case letters, digits, hyphens and dots; give neither an"
              + " ARN nor an s3:// address.");
    }
    if (prefix.filter(p -> p.isEmpty() || p.length() > 1024).isPresent()) {
      throw new IllegalArgumentException(
          "prefix must have 1 to 1024 characters; leave it out for the whole bucket");
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  /** The bucket, and after a slash the prefix if there is one. */
  @Override
  public String id() {
    return prefix.map(p -> bucket + "/" + p).orElse(bucket);
  }
}
