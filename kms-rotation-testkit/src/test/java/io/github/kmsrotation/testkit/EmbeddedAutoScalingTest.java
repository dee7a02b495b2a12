package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingException;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.BlockDeviceMapping;

/** Auto Scaling groups: which launch template they name, and which instances are in them. */
class EmbeddedAutoScalingTest extends Ec2Fixture {

  private final AutoScalingClient scaling = Clients.of(AutoScalingClient.builder(), aws);

  @AfterEach
  void closeScaling() {
    scaling.close();
  }

  private static void assertInvalid(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AutoScalingException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  private String template() {
    return ec2.createLaunchTemplate(
            r -> r.launchTemplateName("orders").launchTemplateData(d -> d.instanceType("m5.large")))
        .launchTemplate()
        .launchTemplateId();
  }

  private void create(String name, String template, String version) {
    scaling.createAutoScalingGroup(
        r ->
            r.autoScalingGroupName(name)
                .minSize(0)
                .maxSize(2)
                .vpcZoneIdentifier("subnet-0123456789abcdef0")
                .launchTemplate(t -> t.launchTemplateId(template).version(version)));
  }

  private AutoScalingGroup see(String name) {
    return scaling
        .describeAutoScalingGroups(r -> r.autoScalingGroupNames(name))
        .autoScalingGroups()
        .get(0);
  }

  @Test
  void group_tellsOfItsLaunchTemplate_andTakesAnotherVersion() {
    String template = template();
    create("workers", template, "1");
    ec2.createLaunchTemplateVersion(
        r -> r.launchTemplateId(template).launchTemplateData(d -> d.instanceType("m7i.large")));

    assertThat(see("workers").launchTemplate().launchTemplateName()).isEqualTo("orders");
    scaling.updateAutoScalingGroup(
        r ->
            r.autoScalingGroupName("workers")
                .launchTemplate(t -> t.launchTemplateName("orders").version("2")));

    assertThat(see("workers").launchTemplate().launchTemplateId()).isEqualTo(template);
    assertThat(see("workers").launchTemplate().version()).isEqualTo("2");
    assertThat(see("workers").vpcZoneIdentifier()).isEqualTo("subnet-0123456789abcdef0");
    assertThat(see("workers").maxSize()).isEqualTo(2);
  }

  @Test
  void group_ofWhatIsNotThere_isRefused() {
    String template = template();
    create("workers", template, "$Latest");

    assertInvalid("AlreadyExists", () -> create("workers", template, "$Latest"));
    assertInvalid("ValidationError", () -> create("others", template, "7"));
    assertInvalid("ValidationError", () -> create("others", "lt-0123456789abcdef0", "1"));
    assertInvalid(
        "ValidationError",
        () ->
            scaling.createAutoScalingGroup(
                r -> r.autoScalingGroupName("others").minSize(0).maxSize(1)));
    assertInvalid(
        "NotModelled",
        () ->
            scaling.updateAutoScalingGroup(
                r -> r.autoScalingGroupName("workers").desiredCapacity(1)));
    assertThat(see("workers").desiredCapacity()).isZero();
  }

  @Test
  void instance_inAGroup_saysSoByATag() {
    String instance = instance(r -> {});
    create("workers", template(), "1");

    scaling.attachInstances(r -> r.autoScalingGroupName("workers").instanceIds(instance));
    assertThat(look(instance).tags()).contains(tag("aws:autoscaling:groupName", "workers"));
    assertThat(scaling.describeAutoScalingInstances(r -> {}).autoScalingInstances())
        .singleElement()
        .satisfies(i -> assertThat(i.autoScalingGroupName()).isEqualTo("workers"))
        .satisfies(i -> assertThat(i.instanceId()).isEqualTo(instance));
    assertThat(see("workers").desiredCapacity()).isEqualTo(1);
    assertInvalid(
        "ResourceInUse",
        () -> scaling.deleteAutoScalingGroup(r -> r.autoScalingGroupName("workers")));

    scaling.detachInstances(
        r ->
            r.autoScalingGroupName("workers")
                .instanceIds(instance)
                .shouldDecrementDesiredCapacity(true));
    assertThat(look(instance).tags()).isEmpty();
    scaling.deleteAutoScalingGroup(r -> r.autoScalingGroupName("workers"));
    assertThat(scaling.describeAutoScalingGroups().autoScalingGroups()).isEmpty();
  }

  @Test
  void launchConfiguration_isToldAsItWasMade_andGroupsNameIt() {
    scaling.createLaunchConfiguration(
        r ->
            r.launchConfigurationName("old")
                .imageId(aws.ec2().ebsImage("x86_64"))
                .instanceType("m5.large")
                .blockDeviceMappings(
                    BlockDeviceMapping.builder()
                        .deviceName("/dev/sdf")
                        .ebs(e -> e.snapshotId("snap-0123456789abcdef0"))
                        .build()));
    scaling.createAutoScalingGroup(
        r ->
            r.autoScalingGroupName("workers").minSize(0).maxSize(1).launchConfigurationName("old"));

    assertThat(see("workers").launchConfigurationName()).isEqualTo("old");
    assertThat(
            scaling
                .describeLaunchConfigurations()
                .launchConfigurations()
                .get(0)
                .blockDeviceMappings()
                .get(0)
                .ebs()
                .snapshotId())
        .isEqualTo("snap-0123456789abcdef0");
  }
}
