package io.github.kmsrotation.testkit.elb;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Registering targets, deregistering them, and how they are. A target drains for as long as the
 * group's deregistration delay, whether it has connections or not.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html">RegisterTargets</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay">Deregistration
 *     delay</a>
 */
final class TargetOperations {

  private final Timeline timeline;
  private final Ec2Service ec2;
  private final TargetGroups groups;
  private final TargetHealth health;

  TargetOperations(Timeline timeline, Ec2Service ec2, TargetGroups groups, TargetHealth health) {
    this.timeline = timeline;
    this.ec2 = ec2;
    this.groups = groups;
    this.health = health;
  }

  void define(Map<String, Operation> operations) {
    operations.put("RegisterTargets", Operation.write(this::register, "TargetGroupArn", "Targets"));
    operations.put(
        "DeregisterTargets", Operation.write(this::deregister, "TargetGroupArn", "Targets"));
    operations.put(
        "DescribeTargetHealth", Operation.read(this::describe, "TargetGroupArn", "Targets"));
  }

  private TargetGroup settled(AwsRequest request) {
    TargetGroup group = groups.asked(request);
    group.settle(timeline.now());
    return group;
  }

  private static List<Params> targets(AwsRequest request) {
    List<Params> targets = request.params().structures("Targets");
    if (targets.isEmpty()) {
      throw AwsError.badRequest("ValidationError", "At least one target must be specified");
    }
    return targets;
  }

  private static TargetGroup.Key key(TargetGroup group, Params target) {
    return new TargetGroup.Key(target.required("Id"), target.number("Port").orElse(group.port));
  }

  private Map<String, Object> register(AwsRequest request) {
    TargetGroup group = settled(request);
    List<TargetGroup.Key> keys =
        targets(request).stream().map(target -> key(group, target)).toList();
    for (TargetGroup.Key key : keys) {
      Optional<String> state = ec2.instanceState(group.region, key.instanceId());
      if (!state.equals(Optional.of("running"))) {
        throw AwsError.badRequest(
            "InvalidTarget",
            "The following targets are not in a running state and cannot be registered: '"
                + key.instanceId()
                + "'");
      }
    }
    for (TargetGroup.Key key : keys) {
      TargetGroup.Registration before = group.registrations.get(key);
      if (before == null || before.drainingSince().isPresent()) {
        group.registrations.put(
            key, new TargetGroup.Registration(timeline.now(), Optional.empty()));
      }
    }
    return Map.of();
  }

  /** Without a port, every registration of the instance is meant. */
  private Map<String, Object> deregister(AwsRequest request) {
    TargetGroup group = settled(request);
    for (Params target : targets(request)) {
      String id = target.required("Id");
      Optional<Integer> port = target.number("Port");
      group.registrations.replaceAll(
          (key, registration) ->
              key.instanceId().equals(id)
                      && port.map(p -> p == key.port()).orElse(true)
                      && registration.drainingSince().isEmpty()
                  ? new TargetGroup.Registration(registration.since(), Optional.of(timeline.now()))
                  : registration);
    }
    return Map.of();
  }

  private Map<String, Object> describe(AwsRequest request) {
    TargetGroup group = settled(request);
    List<TargetGroup.Key> keys = new ArrayList<>();
    for (Params target : request.params().structures("Targets")) {
      keys.add(key(group, target));
    }
    List<Map<String, Object>> told =
        (keys.isEmpty() ? group.registrations.keySet() : keys)
            .stream().map(key -> description(group, key)).toList();
    return Map.of("TargetHealthDescriptions", new XmlList("member", told));
  }

  private Map<String, Object> description(TargetGroup group, TargetGroup.Key key) {
    return Map.of(
        "Target", Map.of("Id", key.instanceId(), "Port", key.port()),
        "HealthCheckPort", Integer.toString(key.port()),
        "TargetHealth", health.of(group, key).xml());
  }
}
