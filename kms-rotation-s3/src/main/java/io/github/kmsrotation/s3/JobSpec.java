package io.github.kmsrotation.s3;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a job works on, in a form that a journal can hold.
 *
 * @param source who made its list
 * @param filter of a list that S3 makes
 * @param arn of a list that is there
 * @param etag of a list that is there
 * @param hasVersions whether that list names versions
 * @param withBucketKey whether its objects get a Bucket Key
 */
record JobSpec(
    Source source,
    Filter filter,
    String arn,
    String etag,
    boolean hasVersions,
    boolean withBucketKey) {

  /** Who made the list. */
  enum Source {
    /** S3, from the bucket. */
    GENERATED,
    /** This run. */
    LISTED,
    /** S3 Inventory. */
    INVENTORY,
    /** An earlier job, as the part of its report about tasks that failed. */
    FAILED_TASKS
  }

  /** Which objects S3 puts in a list. It takes one filter by encryption. */
  enum Filter {
    NONE,
    SSE_S3,
    SSE_KMS,
    SSE_KMS_WITH_BUCKET_KEY,
    SSE_KMS_WITHOUT_BUCKET_KEY
  }

  static JobSpec generated(Filter filter, boolean withBucketKey) {
    return new JobSpec(Source.GENERATED, filter, "", "", false, withBucketKey);
  }

  static JobSpec listed(
      Source source, String arn, String etag, boolean hasVersions, boolean withBucketKey) {
    return new JobSpec(
        source, Filter.NONE, arn, etag.replace("\"", ""), hasVersions, withBucketKey);
  }

  static JobSpec parse(String text) {
    String[] parts = text.split(" ", -1);
    return new JobSpec(
        Source.valueOf(parts[0]),
        Filter.valueOf(parts[1]),
        URLDecoder.decode(parts[2], StandardCharsets.UTF_8),
        parts[3],
        Boolean.parseBoolean(parts[4]),
        Boolean.parseBoolean(parts[5]));
  }

  String format() {
    return String.join(
        " ",
        source.name(),
        filter.name(),
        URLEncoder.encode(arn, StandardCharsets.UTF_8),
        etag,
        Boolean.toString(hasVersions),
        Boolean.toString(withBucketKey));
  }

  String inWords() {
    return switch (source) {
      case GENERATED -> "objects under " + filter.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      case LISTED, INVENTORY -> "the objects of " + arn;
      case FAILED_TASKS -> "the tasks that failed before";
    };
  }
}
