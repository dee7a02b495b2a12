package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tags as EC2 takes them.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html">Tag your
 *     Amazon EC2 resources</a>
 */
final class Tags {

  private static final int MOST = 50;
  private static final int LONGEST_KEY = 128;
  private static final int LONGEST_VALUE = 256;

  private Tags() {}

  /** The tags of a list of structures with {@code Key} and {@code Value}. */
  static Map<String, String> read(List<Params> list) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Params tag : list) {
      String key = Ec2Rules.required(tag, "Key");
      String value = tag.text("Value").orElse("");
      check(key, value);
      if (tags.put(key, value) != null) {
        throw Ec2Rules.invalidValue("Duplicate tag key '" + key + "' specified.");
      }
    }
    return tags;
  }

  private static void check(String key, String value) {
    if (key.isEmpty() || key.startsWith("aws:") || key.length() > LONGEST_KEY) {
      throw AwsError.badRequest(
          "InvalidTagKey.Malformed",
          "A tag key has 1 to 128 characters and does not begin with aws: - '" + key + "'");
    }
    if (value.length() > LONGEST_VALUE) {
      throw Ec2Rules.invalidValue("A tag value has at most 256 characters: " + key);
    }
  }

  /** The tags for a kind of resource in {@code TagSpecification}; other kinds are refused. */
  static Map<String, String> specified(Params params, Kind... allowed) {
    return specified(params, List.of(allowed), allowed[0]);
  }

  static Map<String, String> specified(Params params, List<Kind> allowed, Kind wanted) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Params specification : params.structures("TagSpecification")) {
      String type = Ec2Rules.required(specification, "ResourceType");
      if (allowed.stream().noneMatch(kind -> kind.tagType.equals(type))) {
        throw Ec2Rules.invalidValue("'" + type + "' is not a valid taggable resource type.");
      }
      if (type.equals(wanted.tagType)) {
        tags.putAll(read(specification.structures("Tag")));
      }
    }
    checkCount(tags);
    return tags;
  }

  static void checkCount(Map<String, String> tags) {
    if (tags.keySet().stream().filter(key -> !key.startsWith("aws:")).count() > MOST) {
      throw AwsError.badRequest("TagLimitExceeded", "A resource has at most 50 tags.");
    }
  }
}
