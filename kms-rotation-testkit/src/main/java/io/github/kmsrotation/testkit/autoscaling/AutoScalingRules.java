package io.github.kmsrotation.testkit.autoscaling;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How Auto Scaling reads parameters, refuses them, and pages. */
final class AutoScalingRules {

  private static final int MOST_IN_A_PAGE = 100;

  private AutoScalingRules() {}

  static AwsError validation(String message) {
    return AwsError.badRequest("ValidationError", message);
  }

  static AwsError alreadyExists(String name) {
    return AwsError.badRequest("AlreadyExists", name + " already exists.");
  }

  static XmlList members(List<?> values) {
    return new XmlList("member", values);
  }

  /** Structures and lists as they were given. */
  static Object told(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> told = new LinkedHashMap<>();
      map.forEach((name, item) -> told.put(name.toString(), told(item)));
      return told;
    }
    return value instanceof List<?> list
        ? members(list.stream().map(AutoScalingRules::told).toList())
        : value;
  }

  static Map<String, Object> page(Params params, String name, List<Map<String, Object>> all) {
    int most = params.number("MaxRecords").orElse(MOST_IN_A_PAGE);
    if (most < 1 || most > MOST_IN_A_PAGE) {
      throw validation("MaxRecords is 1 to 100, was " + most);
    }
    int from = Math.min(all.size(), params.number("NextToken").orElse(0));
    int to = Math.min(all.size(), from + most);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put(name, members(all.subList(from, to)));
    if (to < all.size()) {
      page.put("NextToken", to);
    }
    return page;
  }
}
