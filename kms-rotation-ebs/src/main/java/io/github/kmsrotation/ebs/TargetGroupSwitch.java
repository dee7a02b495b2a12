package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.StepContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealth;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthReasonEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/**
 * Registers an instance with a target group of an Application, Network or Gateway Load Balancer and
 * waits until it is healthy; deregisters one and waits until the group's deregistration delay is
 * over. Needs the artifact {@code software.amazon.awssdk:elasticloadbalancingv2}, which
 * kms-rotation-ebs does not bring along. Immutable and safe for use by several threads.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html">RegisterTargets</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay">Deregistration
 *     delay</a>
 */
public final class TargetGroupSwitch implements TrafficSwitch {

  private static final String REGISTER = "elasticloadbalancing:RegisterTargets";
  private static final String DEREGISTER = "elasticloadbalancing:DeregisterTargets";
  private static final String HEALTH = "elasticloadbalancing:DescribeTargetHealth";
  private static final int HIGHEST_PORT = 65_535;

  private final ElasticLoadBalancingV2Client client;
  private final String targetGroupArn;
  private final List<Integer> ports;

  private TargetGroupSwitch(
      ElasticLoadBalancingV2Client client, String targetGroupArn, List<Integer> ports) {
    this.client = client;
    this.targetGroupArn = targetGroupArn;
    this.ports = ports;
  }

  /**
   * For a target group, with the group's own port.
   *
   * @param client a client for the Region of the group; it is not closed
   * @param targetGroupArn the target group, of target type {@code instance}
   * @return the switch
   * @throws IllegalArgumentException if that is no ARN of a target group
   */
  public static TargetGroupSwitch of(ElasticLoadBalancingV2Client client, String targetGroupArn) {
    if (!targetGroupArn.matches("arn:[^:]+:elasticloadbalancing:[^:]+:[0-9]{12}:targetgroup/.+")) {
      throw new IllegalArgumentException("Not the ARN of a target group: " + targetGroupArn);
    }
    return new TargetGroupSwitch(client, targetGroupArn, List.of());
  }

  /**
   * The same with other ports, where instances are not registered with the group's own.
   *
   * @param ports one or more, 1 to 65535
   * @return the switch
   * @throws IllegalArgumentException if there is none, or one is out of range
   */
  public TargetGroupSwitch ports(int... ports) {
    if (ports.length == 0 || Arrays.stream(ports).anyMatch(p -> p < 1 || p > HIGHEST_PORT)) {
      throw new IllegalArgumentException(
          "One or more ports, each 1 to 65535, were expected: " + Arrays.toString(ports));
    }
    return new TargetGroupSwitch(
        client, targetGroupArn, Arrays.stream(ports).distinct().sorted().boxed().toList());
  }

  private List<TargetDescription> targets(String instanceId) {
    return ports.isEmpty()
        ? List.of(TargetDescription.builder().id(instanceId).build())
        : ports.stream()
            .map(port -> TargetDescription.builder().id(instanceId).port(port).build())
            .toList();
  }

  private List<TargetHealth> health(String instanceId, AwsReader reader) {
    return reader
        .read(
            HEALTH,
            () ->
                client
                    .describeTargetHealth(
                        r -> r.targetGroupArn(targetGroupArn).targets(targets(instanceId)))
                    .targetHealthDescriptions())
        .stream()
        .map(TargetHealthDescription::targetHealth)
        .toList();
  }

  private static boolean isRegistered(TargetHealth health) {
    return health.reason() != TargetHealthReasonEnum.TARGET_NOT_REGISTERED && !isDraining(health);
  }

  private static boolean isDraining(TargetHealth health) {
    return health.reason() == TargetHealthReasonEnum.TARGET_DEREGISTRATION_IN_PROGRESS;
  }

  private static String text(List<TargetHealth> healths) {
    return healths.stream()
        .map(h -> h.stateAsString() + (h.reason() == null ? "" : ", " + h.reasonAsString()))
        .distinct()
        .reduce((a, b) -> a + "; " + b)
        .orElse("not told");
  }

  @Override
  public Optional<String> rotateIn(String instanceId, StepContext context) {
    List<TargetHealth> healths = health(instanceId, context);
    if (!healths.isEmpty()
        && healths.stream().allMatch(h -> h.state() == TargetHealthStateEnum.HEALTHY)) {
      return Optional.empty();
    }
    if (!healths.stream().allMatch(TargetGroupSwitch::isRegistered)
        && !EbsStep.isSettling(context, REGISTER, instanceId)) {
      context.mutate(
          REGISTER,
          instanceId,
          () ->
              client.registerTargets(
                  r -> r.targetGroupArn(targetGroupArn).targets(targets(instanceId))));
      return Optional.of("just registered with " + targetGroupArn);
    }
    return Optional.of(text(healths));
  }

  @Override
  public Optional<String> rotateOut(String instanceId, StepContext context) {
    List<TargetHealth> healths = health(instanceId, context);
    if (healths.stream().anyMatch(TargetGroupSwitch::isRegistered)) {
      if (!EbsStep.isSettling(context, DEREGISTER, instanceId)) {
        context.mutate(
            DEREGISTER,
            instanceId,
            () ->
                client.deregisterTargets(
                    r -> r.targetGroupArn(targetGroupArn).targets(targets(instanceId))));
      }
      return Optional.of("deregistration was requested");
    }
    return healths.stream().anyMatch(TargetGroupSwitch::isDraining)
        ? Optional.of(text(healths))
        : Optional.empty();
  }

  @Override
  public Optional<String> obstacle(String instanceId, AwsReader reader) {
    TargetGroup group =
        reader.read(
            "elasticloadbalancing:DescribeTargetGroups",
            () ->
                client
                    .describeTargetGroups(r -> r.targetGroupArns(targetGroupArn))
                    .targetGroups()
                    .get(0));
    if (group.targetType() != TargetTypeEnum.INSTANCE) {
      return Optional.of(
          "The target group "
              + targetGroupArn
              + " has targets of the type "
              + group.targetTypeAsString()
              + ". Give a TrafficSwitch of your own.");
    }
    if (group.loadBalancerArns().isEmpty()) {
      return Optional.of(
          "No load balancer sends traffic to the target group "
              + targetGroupArn
              + ", so no target gets healthy there. Name the group that is in use.");
    }
    return portsDiffer(instanceId, reader, group);
  }

  private Optional<String> portsDiffer(String instanceId, AwsReader reader, TargetGroup group) {
    List<Integer> registered = new ArrayList<>();
    reader
        .read(
            HEALTH,
            () ->
                client
                    .describeTargetHealth(r -> r.targetGroupArn(targetGroupArn))
                    .targetHealthDescriptions())
        .stream()
        .filter(d -> d.target().id().equals(instanceId) && isRegistered(d.targetHealth()))
        .forEach(d -> registered.add(d.target().port()));
    List<Integer> wanted = ports.isEmpty() ? List.of(group.port()) : ports;
    return new TreeSet<>(registered).equals(new TreeSet<>(wanted))
        ? Optional.empty()
        : Optional.of(
            "The instance "
                + instanceId
                + " is registered with "
                + targetGroupArn
                + " by the ports "
                + new TreeSet<>(registered)
                + ", and the switch is for "
                + wanted
                + ". Register it, or say ports(...).");
  }

  @Override
  public List<String> calls() {
    return List.of(REGISTER, DEREGISTER);
  }

  @Override
  public String toString() {
    return "TargetGroupSwitch[" + targetGroupArn + ", ports=" + ports + "]";
  }
}
