package io.github.kmsrotation.testkit.autoscaling;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Launch configurations, as they were made: none can be changed.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateLaunchConfiguration.html">
 *     CreateLaunchConfiguration</a>
 */
final class LaunchConfigurations {

  private final Timeline timeline;
  private final Map<String, Map<String, Object>> configurations = new LinkedHashMap<>();

  LaunchConfigurations(Timeline timeline) {
    this.timeline = timeline;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateLaunchConfiguration",
        Operation.write(
            this::create,
            "LaunchConfigurationName",
            "ImageId",
            "InstanceType",
            "KeyName",
            "SecurityGroups",
            "UserData",
            "BlockDeviceMappings",
            "IamInstanceProfile",
            "EbsOptimized"));
    operations.put(
        "DescribeLaunchConfigurations",
        Operation.read(this::describe, "LaunchConfigurationNames", "MaxRecords", "NextToken"));
  }

  void requireThere(String region, String name) {
    if (!configurations.containsKey(region + "/" + name)) {
      throw AutoScalingRules.validation("Launch configuration name not found - " + name);
    }
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    String name = params.required("LaunchConfigurationName");
    String key = request.region() + "/" + name;
    if (configurations.containsKey(key)) {
      throw AutoScalingRules.alreadyExists(name);
    }
    for (String needed : List.of("ImageId", "InstanceType")) {
      if (!params.has(needed)) {
        throw AutoScalingRules.validation(needed + " is to be specified.");
      }
    }
    checkMappings(params);
    Map<String, Object> configuration = new LinkedHashMap<>(params.allBut(""));
    configuration.put("CreatedTime", timeline.now().toString());
    configuration.put(
        "LaunchConfigurationARN",
        "arn:aws:autoscaling:%s:%s:launchConfiguration:%s"
            .formatted(request.region(), request.accountId(), name));
    configuration.putIfAbsent("KernelId", "");
    configurations.put(key, configuration);
    return Map.of();
  }

  private static void checkMappings(Params params) {
    for (Params mapping : params.structures("BlockDeviceMappings")) {
      boolean isOfSnapshot = mapping.structure("Ebs").filter(e -> e.has("SnapshotId")).isPresent();
      boolean isSealed = mapping.structure("Ebs").filter(e -> e.has("Encrypted")).isPresent();
      if (isOfSnapshot && isSealed) {
        throw AutoScalingRules.validation(
            "The encrypted flag cannot be specified since device has a snapshot.");
      }
    }
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<String> names = request.params().texts("LaunchConfigurationNames");
    List<Map<String, Object>> found =
        configurations.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(request.region() + "/"))
            .map(Map.Entry::getValue)
            .filter(c -> names.isEmpty() || names.contains(c.get("LaunchConfigurationName")))
            .map(LaunchConfigurations::xml)
            .toList();
    return AutoScalingRules.page(request.params(), "LaunchConfigurations", found);
  }

  private static Map<String, Object> xml(Map<String, Object> configuration) {
    Map<String, Object> xml = new LinkedHashMap<>();
    configuration.forEach((name, value) -> xml.put(name, AutoScalingRules.told(value)));
    return xml;
  }
}
