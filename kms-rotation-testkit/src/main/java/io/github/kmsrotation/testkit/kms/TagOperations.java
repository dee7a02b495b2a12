package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tags on keys. */
final class TagOperations {

  private static final int MOST_TAGS = 50;

  private final KmsKeys keys;

  TagOperations(KmsKeys keys) {
    this.keys = keys;
  }

  void define(Map<String, Operation> operations) {
    operations.put("TagResource", Operation.write(this::tag, "KeyId", "Tags"));
    operations.put("UntagResource", Operation.write(this::untag, "KeyId", "TagKeys"));
    operations.put("ListResourceTags", Operation.read(this::list, "KeyId", "Limit", "Marker"));
  }

  /** The tags that a request gives. */
  static Map<String, String> checked(Params params) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Params tag : params.structures("Tags")) {
      String name = tag.required("TagKey");
      KmsRules.checkLength("tagKey", name, 1, 128);
      if (name.startsWith("aws:")) {
        throw error("aws: prefixed tag key names are not allowed for external use.");
      }
      String value = tag.required("TagValue");
      KmsRules.checkLength("tagValue", value, 0, 256);
      if (tags.put(name, value) != null) {
        throw error("Duplicate tag keys");
      }
    }
    checkCount(tags);
    return tags;
  }

  private static void checkCount(Map<String, String> tags) {
    if (tags.size() > MOST_TAGS) {
      throw error("Too many tags");
    }
  }

  private static AwsError error(String message) {
    return AwsError.badRequest("TagException", message);
  }

  private Map<String, Object> tag(AwsRequest request) {
    KmsKey key = keys.customer(request);
    StateRules.requireNotDeleting(key);
    Map<String, String> together = new TreeMap<>(key.tags);
    together.putAll(checked(request.params()));
    checkCount(together);
    key.tags.putAll(together);
    return Map.of();
  }

  private Map<String, Object> untag(AwsRequest request) {
    KmsKey key = keys.customer(request);
    StateRules.requireNotDeleting(key);
    key.tags.keySet().removeAll(request.params().texts("TagKeys"));
    return Map.of();
  }

  private Map<String, Object> list(AwsRequest request) {
    KmsKey key = keys.byIdOrArn(request);
    return KmsRules.page(request.params(), "Tags", of(key), 50, 50);
  }

  static List<Map<String, Object>> of(KmsKey key) {
    List<Map<String, Object>> all = new ArrayList<>();
    key.tags.forEach((name, value) -> all.add(Map.of("TagKey", name, "TagValue", value)));
    return all;
  }
}
