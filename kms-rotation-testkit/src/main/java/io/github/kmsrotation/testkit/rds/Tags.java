package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tags as RDS takes and gives them. */
final class Tags {

  private static final int MOST = 50;

  private Tags() {}

  static void put(Map<String, String> tags, Params params) {
    for (Params tag : params.structures("Tags")) {
      String key = tag.required("Key");
      if (key.startsWith("aws:") || key.startsWith("rds:")) {
        throw AwsError.badRequest(
            "InvalidParameterValue", "Tag keys with the prefix aws: or rds: are reserved: " + key);
      }
      if (key.isEmpty() || key.length() > 128) {
        throw AwsError.badRequest("InvalidParameterValue", "A tag key has 1 to 128 characters.");
      }
      tags.put(key, tag.text("Value").orElse(""));
    }
    if (tags.size() > MOST) {
      throw AwsError.badRequest("InvalidParameterValue", "A resource has at most 50 tags.");
    }
  }

  static XmlList xml(Map<String, String> tags) {
    List<Map<String, String>> list = new ArrayList<>();
    tags.forEach((key, value) -> list.add(Map.of("Key", key, "Value", value)));
    return new XmlList("Tag", list);
  }
}
