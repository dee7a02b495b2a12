package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.http.AwsError;

/** ARNs of buckets and objects. */
final class Arns {

  private static final String PREFIX = "arn:aws:s3:::";

  private Arns() {}

  static String bucket(String arn) {
    if (!arn.startsWith(PREFIX) || arn.substring(PREFIX.length()).contains("/")) {
      throw AwsError.badRequest("InvalidRequest", "Not the ARN of a bucket: " + arn);
    }
    return arn.substring(PREFIX.length());
  }

  /** The bucket and the key. */
  record ObjectName(String bucket, String key) {}

  static ObjectName object(String arn) {
    int slash = arn.indexOf('/');
    if (!arn.startsWith(PREFIX) || slash < 0 || slash == arn.length() - 1) {
      throw AwsError.badRequest("InvalidRequest", "Not the ARN of an object: " + arn);
    }
    return new ObjectName(arn.substring(PREFIX.length(), slash), arn.substring(slash + 1));
  }
}
