package io.github.kmsrotation.testkit.autoscaling;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.ec2.Ec2Service.TemplateName;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Auto Scaling groups: what they launch by, and which instances are in them. They launch nothing
 * here, so their size is that of the instances attached.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html">
 *     CreateAutoScalingGroup</a>
 */
final class GroupOperations {

  private static final List<String> LAUNCHERS =
      List.of("LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy");
  private static final String[] SETTINGS = {
    "LaunchConfigurationName",
    "LaunchTemplate",
    "MixedInstancesPolicy",
    "MinSize",
    "MaxSize",
    "DesiredCapacity",
    "DefaultCooldown",
    "AvailabilityZones",
    "HealthCheckType",
    "HealthCheckGracePeriod",
    "VPCZoneIdentifier",
    "TerminationPolicies",
    "NewInstancesProtectedFromScaleIn"
  };

  private final Timeline timeline;
  private final Ec2Service ec2;
  private final LaunchConfigurations configurations;
  private final Map<String, Group> groups = new LinkedHashMap<>();

  GroupOperations(Timeline timeline, Ec2Service ec2, LaunchConfigurations configurations) {
    this.timeline = timeline;
    this.ec2 = ec2;
    this.configurations = configurations;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateAutoScalingGroup",
        Operation.write(this::create, with(SETTINGS, "AutoScalingGroupName", "TargetGroupARNs")));
    operations.put(
        "UpdateAutoScalingGroup",
        Operation.write(this::update, with(SETTINGS, "AutoScalingGroupName")));
    operations.put(
        "DeleteAutoScalingGroup",
        Operation.write(this::delete, "AutoScalingGroupName", "ForceDelete"));
    operations.put(
        "DescribeAutoScalingGroups",
        Operation.read(this::describe, "AutoScalingGroupNames", "MaxRecords", "NextToken"));
    operations.put(
        "AttachInstances", Operation.write(this::attach, "AutoScalingGroupName", "InstanceIds"));
    operations.put(
        "DetachInstances",
        Operation.write(
            this::detach, "AutoScalingGroupName", "InstanceIds", "ShouldDecrementDesiredCapacity"));
    operations.put(
        "DescribeAutoScalingInstances",
        Operation.read(this::describeInstances, "InstanceIds", "MaxRecords", "NextToken"));
  }

  private static String[] with(String[] params, String... more) {
    List<String> all = new ArrayList<>(List.of(params));
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }

  private static String key(String region, String name) {
    return region + "/" + name;
  }

  private Group asked(AwsRequest request) {
    String name = request.params().required("AutoScalingGroupName");
    return Optional.ofNullable(groups.get(key(request.region(), name)))
        .orElseThrow(
            () ->
                AutoScalingRules.validation(
                    "AutoScalingGroup name not found - AutoScalingGroup '" + name + "' not found"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    String name = params.required("AutoScalingGroupName");
    if (groups.containsKey(key(request.region(), name))) {
      throw AutoScalingRules.alreadyExists(name);
    }
    params.required("MinSize");
    params.required("MaxSize");
    Group group = new Group(request.region(), name, timeline.now());
    Map<String, Object> settings = applied(group, params);
    if (launchers(settings) != 1) {
      throw AutoScalingRules.validation(
          "Exactly one of LaunchConfigurationName, LaunchTemplate and MixedInstancesPolicy is to be"
              + " specified.");
    }
    requireNoLaunch(settings, 0);
    group.settings.putAll(settings);
    groups.put(key(group.region, name), group);
    return Map.of();
  }

  private static void requireNoLaunch(Map<String, Object> settings, int instances) {
    if (number(settings, "DesiredCapacity") > instances) {
      throw AwsError.notModelled("the launch of instances by an Auto Scaling group");
    }
  }

  private static int number(Map<String, Object> settings, String name) {
    return Integer.parseInt(String.valueOf(settings.getOrDefault(name, "0")));
  }

  private static long launchers(Map<String, Object> settings) {
    return LAUNCHERS.stream().filter(settings::containsKey).count();
  }

  /** The settings once a call took effect. Whatever a group launches by replaces the former. */
  private Map<String, Object> applied(Group group, Params params) {
    Map<String, Object> given = new LinkedHashMap<>(params.allBut("AutoScalingGroupName"));
    params
        .structure("LaunchTemplate")
        .ifPresent(template -> given.put("LaunchTemplate", settled(group.region, template)));
    params
        .text("LaunchConfigurationName")
        .ifPresent(name -> configurations.requireThere(group.region, name));
    Map<String, Object> settings = new LinkedHashMap<>(group.settings);
    if (launchers(given) > 0) {
      settings.keySet().removeAll(LAUNCHERS);
    }
    settings.putAll(given);
    settings.putIfAbsent("DesiredCapacity", number(settings, "MinSize"));
    if (number(settings, "MinSize") > number(settings, "MaxSize")) {
      throw AutoScalingRules.validation("MaxSize must be greater than or equal to MinSize.");
    }
    return settings;
  }

  private Map<String, Object> settled(String region, Params template) {
    String version = template.text("Version").orElse("$Default");
    TemplateName name;
    try {
      name =
          ec2.launchTemplate(
              region,
              template.text("LaunchTemplateId"),
              template.text("LaunchTemplateName"),
              version);
    } catch (AwsError e) {
      throw AutoScalingRules.validation(
          "You must use a valid fully-formed launch template. " + e.text());
    }
    return Map.of(
        "LaunchTemplateId", name.id(), "LaunchTemplateName", name.name(), "Version", version);
  }

  private Map<String, Object> update(AwsRequest request) {
    Group group = asked(request);
    Map<String, Object> settings = applied(group, request.params());
    requireNoLaunch(settings, group.instanceIds.size());
    group.settings.clear();
    group.settings.putAll(settings);
    return Map.of();
  }

  private Map<String, Object> delete(AwsRequest request) {
    Group group = asked(request);
    boolean isForced = request.params().truth("ForceDelete").orElse(false);
    if (!group.instanceIds.isEmpty()) {
      if (isForced) {
        throw AwsError.notModelled("the termination of instances by an Auto Scaling group");
      }
      throw AwsError.badRequest(
          "ResourceInUse",
          "You cannot delete an AutoScalingGroup while there are instances still in the group.");
    }
    groups.remove(key(group.region, group.name));
    return Map.of();
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<String> names = request.params().texts("AutoScalingGroupNames");
    List<Map<String, Object>> found =
        groups.values().stream()
            .filter(group -> group.region.equals(request.region()))
            .filter(group -> names.isEmpty() || names.contains(group.name))
            .map(group -> xml(group, request.accountId()))
            .toList();
    return AutoScalingRules.page(request.params(), "AutoScalingGroups", found);
  }

  private Map<String, Object> xml(Group group, String accountId) {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("AutoScalingGroupName", group.name);
    xml.put(
        "AutoScalingGroupARN",
        "arn:aws:autoscaling:%s:%s:autoScalingGroup:%s:autoScalingGroupName/%s"
            .formatted(
                group.region,
                accountId,
                new UUID(0, Integer.toUnsignedLong(group.name.hashCode())),
                group.name));
    xml.put("CreatedTime", group.createdAt.toString());
    xml.put("DefaultCooldown", 300);
    xml.put("HealthCheckType", "EC2");
    xml.put("AvailabilityZones", AutoScalingRules.members(List.of(group.region + "a")));
    group.settings.forEach((name, value) -> xml.put(name, AutoScalingRules.told(value)));
    xml.put(
        "Instances",
        AutoScalingRules.members(
            group.instanceIds.stream().map(id -> instance(group, id)).toList()));
    return xml;
  }

  private Map<String, Object> instance(Group group, String id) {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("InstanceId", id);
    xml.put("AvailabilityZone", ec2.instanceZone(group.region, id));
    xml.put("LifecycleState", "InService");
    xml.put("HealthStatus", "Healthy");
    xml.put("ProtectedFromScaleIn", false);
    return xml;
  }

  private Map<String, Object> attach(AwsRequest request) {
    Group group = asked(request);
    List<String> ids = request.params().texts("InstanceIds");
    if (group.instanceIds.size() + ids.size() > number(group.settings, "MaxSize")) {
      throw AutoScalingRules.validation(
          "The group " + group.name + " would have more instances than its MaxSize.");
    }
    for (String id : ids) {
      boolean isTaken = groups.values().stream().anyMatch(other -> other.instanceIds.contains(id));
      if (isTaken) {
        throw AutoScalingRules.validation("Instance " + id + " is in an Auto Scaling group.");
      }
      ec2.instanceZone(group.region, id);
    }
    for (String id : ids) {
      ec2.tagInstance(group.region, id, "aws:autoscaling:groupName", Optional.of(group.name));
      group.instanceIds.add(id);
    }
    group.settings.put("DesiredCapacity", number(group.settings, "DesiredCapacity") + ids.size());
    return Map.of();
  }

  private Map<String, Object> detach(AwsRequest request) {
    Group group = asked(request);
    List<String> ids = request.params().texts("InstanceIds");
    if (!"true".equals(request.params().required("ShouldDecrementDesiredCapacity"))) {
      throw AwsError.notModelled("the replacement of instances by an Auto Scaling group");
    }
    if (!group.instanceIds.containsAll(ids)) {
      throw AutoScalingRules.validation("Not all are in the group " + group.name + ": " + ids);
    }
    if (number(group.settings, "DesiredCapacity") - ids.size()
        < number(group.settings, "MinSize")) {
      throw AutoScalingRules.validation(
          "The group " + group.name + " would have fewer instances than its MinSize.");
    }
    for (String id : ids) {
      ec2.tagInstance(group.region, id, "aws:autoscaling:groupName", Optional.empty());
      group.instanceIds.remove(id);
    }
    group.settings.put("DesiredCapacity", number(group.settings, "DesiredCapacity") - ids.size());
    return Map.of("Activities", AutoScalingRules.members(List.of()));
  }

  private Map<String, Object> describeInstances(AwsRequest request) {
    List<String> ids = request.params().texts("InstanceIds");
    List<Map<String, Object>> found = new ArrayList<>();
    for (Group group : groups.values()) {
      for (String id : group.instanceIds) {
        if (group.region.equals(request.region()) && (ids.isEmpty() || ids.contains(id))) {
          Map<String, Object> xml = instance(group, id);
          xml.put("AutoScalingGroupName", group.name);
          xml.put("LifecycleState", "InService");
          xml.put("HealthStatus", "HEALTHY");
          found.add(xml);
        }
      }
    }
    return AutoScalingRules.page(request.params(), "AutoScalingInstances", found);
  }
}
