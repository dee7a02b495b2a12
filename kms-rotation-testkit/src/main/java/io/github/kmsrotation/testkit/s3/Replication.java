package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A bucket's replication configuration.
 *
 * @param document as it was put
 * @param rules its rules
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html">PutBucketReplication</a>
 */
record Replication(Xml document, List<ReplicationRule> rules) {

  private static final int MOST_RULES = 1000;

  static Replication parse(Xml configuration, String accountId) {
    List<Xml> all = configuration.allow("Role", "Rule").all("Rule");
    if (all.isEmpty() || all.size() > MOST_RULES) {
      throw S3Errors.malformedXml();
    }
    if (!configuration.required("Role").matches("arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")) {
      throw AwsError.badRequest("InvalidArgument", "Invalid Role specified in the configuration.");
    }
    List<ReplicationRule> rules =
        all.stream().map(rule -> ReplicationRule.parse(rule, accountId)).toList();
    requireDistinct(
        rules.stream().flatMap(rule -> rule.id().stream()).toList(),
        "Rule ID must be unique. Found same ID for more than one rule");
    if (rules.stream().map(ReplicationRule::isV2).distinct().count() > 1) {
      throw S3Errors.invalidRequest(
          "Rules with and without a Filter cannot be in one replication configuration.");
    }
    if (rules.get(0).isV2()) {
      requireDistinct(
          rules.stream().map(ReplicationRule::priority).toList(),
          "Priority must be unique. Found same priority for more than one rule");
    }
    return new Replication(configuration, rules);
  }

  private static void requireDistinct(List<?> values, String message) {
    if (values.stream().distinct().count() < values.size()) {
      throw AwsError.badRequest("InvalidArgument", message);
    }
  }

  /** The rules that replicate a version: of each destination the one of the highest priority. */
  Collection<ReplicationRule> rulesFor(String key, S3Version version) {
    return rules.stream()
        .filter(rule -> rule.isFor(key, version))
        .collect(
            Collectors.toMap(
                ReplicationRule::destination,
                rule -> rule,
                java.util.function.BinaryOperator.maxBy(
                    Comparator.comparingInt(ReplicationRule::priority)),
                TreeMap::new))
        .values()
        .stream()
        .filter(rule -> rule.takes(key, version))
        .toList();
  }
}
