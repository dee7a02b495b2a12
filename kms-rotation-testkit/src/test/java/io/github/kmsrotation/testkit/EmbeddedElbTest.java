package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ElasticLoadBalancingV2Exception;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.InvalidTargetException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupNotFoundException;

/** Target groups of instances: how targets come, are checked, drain and go. */
class EmbeddedElbTest extends Ec2Fixture {

  private static final int PORT = 8080;

  private final ElasticLoadBalancingV2Client elb =
      Clients.of(ElasticLoadBalancingV2Client.builder(), aws);
  private final String group = aws.elb().targetGroup("orders", PORT);

  @AfterEach
  void closeClient() {
    elb.close();
  }

  private static TargetDescription target(String instance) {
    return TargetDescription.builder().id(instance).build();
  }

  private void register(String instance) {
    elb.registerTargets(r -> r.targetGroupArn(group).targets(target(instance)));
  }

  private void deregister(String instance) {
    elb.deregisterTargets(r -> r.targetGroupArn(group).targets(target(instance)));
  }

  private List<String> states() {
    return elb
        .describeTargetHealth(r -> r.targetGroupArn(group))
        .targetHealthDescriptions()
        .stream()
        .map(told -> told.targetHealth().stateAsString())
        .toList();
  }

  @Test
  void target_isInitialForFiveChecks_thenHealthy_andDrainsForTheDelay() {
    String instance = instance(r -> {});

    register(instance);
    assertThat(states()).containsExactly("initial");
    pass(Duration.ofSeconds(149));
    assertThat(states()).containsExactly("initial");
    pass(Duration.ofSeconds(1));
    assertThat(states()).containsExactly("healthy");
    assertThat(aws.elb().targets(group)).isEqualTo(Map.of(instance + ":" + PORT, "healthy"));

    deregister(instance);
    pass(Duration.ofSeconds(299));
    assertThat(states()).containsExactly("draining");
    pass(Duration.ofSeconds(1));
    assertThat(states()).isEmpty();
  }

  @Test
  void target_thatFailsItsChecks_orDoesNotRunAnyMore_isNotHealthy() {
    String instance = instance(r -> {});
    register(instance);
    aws.elb().failHealthChecks(instance);
    settle();
    assertThat(states()).containsExactly("unhealthy");

    stop(instance);
    assertThat(states()).containsExactly("unused");
  }

  @Test
  void register_ofWhatDoesNotRun_isRefused() {
    String instance = instance(r -> {});
    stop(instance);

    assertThatThrownBy(() -> register(instance)).isInstanceOf(InvalidTargetException.class);
    assertThatThrownBy(() -> register("i-0123456789abcdef0"))
        .isInstanceOf(InvalidTargetException.class);
    assertThat(states()).isEmpty();
  }

  @Test
  void attributes_areTheDelayAlone() {
    elb.modifyTargetGroupAttributes(r -> r.targetGroupArn(group).attributes(delay("60")));

    assertThat(elb.describeTargetGroupAttributes(r -> r.targetGroupArn(group)).attributes())
        .containsExactly(delay("60"));
    assertThatThrownBy(
            () ->
                elb.modifyTargetGroupAttributes(
                    r -> r.targetGroupArn(group).attributes(delay("3601"))))
        .isInstanceOf(ElasticLoadBalancingV2Exception.class)
        .hasMessageContaining("0 to 3600");
  }

  private static TargetGroupAttribute delay(String seconds) {
    return TargetGroupAttribute.builder()
        .key("deregistration_delay.timeout_seconds")
        .value(seconds)
        .build();
  }

  @Test
  void groups_areFoundByNameAndArn_andSayWhetherTheyAreUsed() {
    String unused = aws.elb().unusedTargetGroup("spare");

    List<TargetGroup> all = elb.describeTargetGroups().targetGroups();
    assertThat(all).extracting(TargetGroup::targetGroupArn).containsExactly(group, unused);
    assertThat(all.get(0).loadBalancerArns()).hasSize(1);
    assertThat(all.get(1).loadBalancerArns()).isEmpty();
    assertThat(elb.describeTargetGroups(r -> r.names("spare")).targetGroups().get(0).port())
        .isEqualTo(80);
    assertThatThrownBy(() -> elb.describeTargetGroups(r -> r.names("no")))
        .isInstanceOf(TargetGroupNotFoundException.class);
  }
}
