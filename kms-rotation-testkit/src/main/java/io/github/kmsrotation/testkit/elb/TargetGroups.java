package io.github.kmsrotation.testkit.elb;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Describing target groups and their attributes. That there is a group at all is a test's word.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html">TargetGroup</a>
 */
final class TargetGroups {

  private static final String DELAY = "deregistration_delay.timeout_seconds";
  private static final int LONGEST_DELAY = 3600;

  private final String accountId;
  private final Map<String, TargetGroup> groups = new LinkedHashMap<>();

  TargetGroups(String accountId) {
    this.accountId = accountId;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "DescribeTargetGroups", Operation.read(this::describe, "TargetGroupArns", "Names"));
    operations.put(
        "DescribeTargetGroupAttributes", Operation.read(this::attributes, "TargetGroupArn"));
    operations.put(
        "ModifyTargetGroupAttributes",
        Operation.write(this::modify, "TargetGroupArn", "Attributes"));
  }

  TargetGroup create(String region, String name, int port, boolean isUsed) {
    String arn =
        "arn:aws:elasticloadbalancing:%s:%s:targetgroup/%s/%016x"
            .formatted(region, accountId, name, groups.size() + 1L);
    TargetGroup group = new TargetGroup(region, arn, name, port, isUsed);
    groups.put(arn, group);
    return group;
  }

  TargetGroup byArn(String arn) {
    TargetGroup group = groups.get(arn);
    if (group == null) {
      throw AwsError.badRequest("TargetGroupNotFound", "Target groups '" + arn + "' not found");
    }
    return group;
  }

  TargetGroup asked(AwsRequest request) {
    TargetGroup group = byArn(request.params().required("TargetGroupArn"));
    if (!group.region.equals(request.region())) {
      throw AwsError.badRequest(
          "TargetGroupNotFound", "Target groups '" + group.arn + "' not found");
    }
    return group;
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    List<String> arns = params.texts("TargetGroupArns");
    List<String> names = params.texts("Names");
    arns.forEach(this::byArn);
    List<Map<String, Object>> found =
        groups.values().stream()
            .filter(group -> group.region.equals(request.region()))
            .filter(group -> arns.isEmpty() || arns.contains(group.arn))
            .filter(group -> names.isEmpty() || names.contains(group.name))
            .map(this::xml)
            .toList();
    if (found.size() < names.size()) {
      throw AwsError.badRequest("TargetGroupNotFound", "One or more target groups not found");
    }
    return Map.of("TargetGroups", new XmlList("member", found));
  }

  private Map<String, Object> xml(TargetGroup group) {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("TargetGroupArn", group.arn);
    xml.put("TargetGroupName", group.name);
    xml.put("Protocol", "HTTP");
    xml.put("Port", group.port);
    xml.put("TargetType", "instance");
    xml.put("HealthCheckEnabled", true);
    xml.put("HealthCheckIntervalSeconds", 30);
    xml.put("HealthyThresholdCount", 5);
    List<String> balancers =
        group.isUsed
            ? List.of(
                "arn:aws:elasticloadbalancing:%s:%s:loadbalancer/app/%s/50dc6c495c0c9188"
                    .formatted(group.region, accountId, group.name))
            : List.of();
    xml.put("LoadBalancerArns", new XmlList("member", balancers));
    return xml;
  }

  private Map<String, Object> attributes(AwsRequest request) {
    return told(asked(request));
  }

  private static Map<String, Object> told(TargetGroup group) {
    Map<String, Object> delay =
        Map.of("Key", DELAY, "Value", Long.toString(group.deregistrationDelay.toSeconds()));
    return Map.of("Attributes", new XmlList("member", List.of(delay)));
  }

  private Map<String, Object> modify(AwsRequest request) {
    TargetGroup group = asked(request);
    for (Params attribute : request.params().structures("Attributes")) {
      String key = attribute.required("Key");
      if (!key.equals(DELAY)) {
        throw AwsError.notModelled("the attribute " + key + " of a target group");
      }
      int seconds = attribute.number("Value").orElse(-1);
      if (seconds < 0 || seconds > LONGEST_DELAY) {
        throw AwsError.badRequest(
            "InvalidConfigurationRequest", DELAY + " is 0 to 3600, was " + seconds);
      }
      group.deregistrationDelay = Duration.ofSeconds(seconds);
    }
    return told(group);
  }
}
