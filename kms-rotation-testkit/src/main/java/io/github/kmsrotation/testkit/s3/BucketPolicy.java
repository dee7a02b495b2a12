package io.github.kmsrotation.testkit.s3;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.testkit.http.AwsError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A bucket policy. Its statements that deny are evaluated; those that allow change nothing, as all
 * callers are of the bucket's account and may do everything.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html">Policy
 *     evaluation logic</a>
 */
final class BucketPolicy {

  private final String text;
  private final List<PolicyStatement> denials;
  private final boolean isPublic;

  private BucketPolicy(String text, List<PolicyStatement> denials, boolean isPublic) {
    this.text = text;
    this.denials = denials;
    this.isPublic = isPublic;
  }

  static BucketPolicy parse(String text, String bucket, String accountId) {
    Map<String, Object> policy;
    try {
      policy = JSON.std.mapFrom(text);
    } catch (IOException e) {
      throw malformed("Policies must be valid JSON and the first byte must be '{'");
    }
    Object statements = policy.get("Statement");
    List<PolicyStatement> denials = new ArrayList<>();
    boolean isPublic = false;
    for (Object statement : list(statements)) {
      if (!(statement instanceof Map<?, ?> map)) {
        throw malformed("Missing required field Statement");
      }
      PolicyStatement.deny(map, bucket, accountId).ifPresent(denials::add);
      isPublic |= PolicyStatement.isPublic(map);
    }
    return new BucketPolicy(text, denials, isPublic);
  }

  static List<?> list(@org.jspecify.annotations.Nullable Object value) {
    if (value == null) {
      throw malformed("Missing required field");
    }
    return value instanceof List<?> list ? list : List.of(value);
  }

  static AwsError malformed(String message) {
    return AwsError.badRequest("MalformedPolicy", message);
  }

  boolean isPublic() {
    return isPublic;
  }

  String text() {
    return text;
  }

  /**
   * Refuses what a statement denies.
   *
   * @param action such as {@code s3:PutObject}
   * @param resource the ARN
   * @param conditions the values of condition keys
   */
  void check(String action, String resource, Function<String, Optional<String>> conditions) {
    for (PolicyStatement denial : denials) {
      if (denial.applies(action, resource, conditions)) {
        throw S3Errors.accessDenied(
            "User is not authorized to perform: "
                + action
                + " on resource: \""
                + resource
                + "\" with an explicit deny in a resource-based policy");
      }
    }
  }
}
