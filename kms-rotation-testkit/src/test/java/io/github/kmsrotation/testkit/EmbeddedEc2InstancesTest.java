package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;

/** Instances: their states, and the volumes that are attached to them. */
class EmbeddedEc2InstancesTest extends Ec2Fixture {

  @Test
  void launch_hasTheVolumesOfTheImage_andThoseAskedFor() {
    String key = key();
    String id =
        instance(
            r ->
                r.blockDeviceMappings(
                        disk("/dev/xvda", e -> e.volumeSize(12).encrypted(true).kmsKeyId(key)),
                        disk("/dev/sdf", e -> e.volumeSize(5).deleteOnTermination(false)))
                    .tagSpecifications(
                        tags("instance", tag("Name", "orders")),
                        tags("volume", tag("of", "orders"))));

    Instance instance = look(id);
    assertThat(instance.state().nameAsString()).isEqualTo("running");
    assertThat(instance.rootDeviceName()).isEqualTo("/dev/xvda");
    assertThat(instance.tags()).containsExactly(tag("Name", "orders"));
    assertThat(instance.blockDeviceMappings())
        .extracting(InstanceBlockDeviceMapping::deviceName)
        .containsExactly("/dev/xvda", "/dev/sdf");
    assertThat(instance.blockDeviceMappings())
        .extracting(m -> m.ebs().deleteOnTermination())
        .containsExactly(true, false);
    assertThat(describe(rootVolume(id)).kmsKeyId()).isEqualTo(key);
    assertThat(describe(rootVolume(id)).size()).isEqualTo(12);
    assertThat(describe(rootVolume(id)).volumeTypeAsString()).isEqualTo("gp3");
    assertThat(describe(rootVolume(id)).tags()).containsExactly(tag("of", "orders"));
    assertThat(describe(rootVolume(id)).stateAsString()).isEqualTo("in-use");
  }

  @Test
  void launch_settingsAreToldAsTheyWereGiven() {
    String userData =
        Base64.getEncoder().encodeToString("#!/bin/sh".getBytes(StandardCharsets.UTF_8));
    String id =
        instance(
            r ->
                r.keyName("admin")
                    .subnetId("subnet-0123456789abcdef0")
                    .securityGroupIds("sg-0123456789abcdef0")
                    .iamInstanceProfile(p -> p.name("orders"))
                    .metadataOptions(m -> m.httpTokens("required").httpPutResponseHopLimit(2))
                    .monitoring(m -> m.enabled(true))
                    .privateIpAddress("10.0.9.9")
                    .disableApiTermination(true)
                    .userData(userData));

    Instance instance = look(id);
    assertThat(instance.keyName()).isEqualTo("admin");
    assertThat(instance.subnetId()).isEqualTo("subnet-0123456789abcdef0");
    assertThat(instance.securityGroups().get(0).groupId()).isEqualTo("sg-0123456789abcdef0");
    assertThat(instance.iamInstanceProfile().arn())
        .isEqualTo("arn:aws:iam::111122223333:instance-profile/orders");
    assertThat(instance.metadataOptions().httpTokensAsString()).isEqualTo("required");
    assertThat(instance.metadataOptions().httpPutResponseHopLimit()).isEqualTo(2);
    assertThat(instance.monitoring().stateAsString()).isEqualTo("enabled");
    assertThat(instance.privateIpAddress()).isEqualTo("10.0.9.9");
    assertThat(instance.placement().availabilityZone()).isEqualTo(ZONE);
    assertThat(
            ec2.describeInstanceAttribute(r -> r.instanceId(id).attribute("userData"))
                .userData()
                .value())
        .isEqualTo(userData);
    assertRefused("InvalidIPAddress.InUse", () -> launch(r -> r.privateIpAddress("10.0.9.9")));
    assertRefused("OperationNotPermitted", () -> ec2.terminateInstances(r -> r.instanceIds(id)));
  }

  @Test
  void launch_againWithItsToken_isTheSameInstance_untilThatIsTerminated() {
    String id = instance(r -> r.clientToken("run-1"));

    assertThat(launch(r -> r.clientToken("run-1"))).isEqualTo(id);
    ec2.terminateInstances(r -> r.instanceIds(id));
    settle();
    assertRefused("IdempotentInstanceTerminated", () -> launch(r -> r.clientToken("run-1")));
  }

  @Test
  void launch_thatDoesNotFit_isRefused() {
    assertRefused("InvalidParameterValue", () -> launch(r -> r.instanceType("m7g.large")));
    assertRefused("InvalidAMIID.NotFound", () -> launch(r -> r.imageId("ami-0123456789abcdef0")));
    assertRefused("NotModelled", () -> launch(r -> r.instanceType("x9.huge")));
    assertRefused(
        "InvalidBlockDeviceMapping", () -> launch(r -> r.blockDeviceMappings(noDisk("/dev/xvda"))));
    assertRefused(
        "InvalidParameterValue",
        () -> launch(r -> r.blockDeviceMappings(disk("/dev/xvda", e -> e.volumeSize(3)))));
    assertThat(aws.ec2().volumes()).isEmpty();
  }

  @Test
  void stopAndStart_takeTheirTime() {
    String id = instance(r -> {});

    assertThat(
            ec2.stopInstances(r -> r.instanceIds(id))
                .stoppingInstances()
                .get(0)
                .currentState()
                .nameAsString())
        .isEqualTo("stopping");
    assertRefused("IncorrectInstanceState", () -> ec2.startInstances(r -> r.instanceIds(id)));
    settle();
    assertThat(look(id).state().nameAsString()).isEqualTo("stopped");
    ec2.startInstances(r -> r.instanceIds(id));
    settle();

    assertThat(look(id).state().nameAsString()).isEqualTo("running");
    assertThat(
            ec2.describeInstanceStatus(r -> r.instanceIds(id))
                .instanceStatuses()
                .get(0)
                .instanceStatus()
                .statusAsString())
        .isEqualTo("ok");
  }

  @Test
  void terminate_deletesTheVolumesThatAreToGoWithIt() {
    String id =
        instance(
            r ->
                r.blockDeviceMappings(
                    disk("/dev/sdf", e -> e.volumeSize(5).deleteOnTermination(false))));
    String root = rootVolume(id);
    String data = look(id).blockDeviceMappings().get(1).ebs().volumeId();

    ec2.terminateInstances(r -> r.instanceIds(id));
    settle();

    assertThat(look(id).state().nameAsString()).isEqualTo("terminated");
    assertThat(look(id).blockDeviceMappings()).isEmpty();
    assertRefused("InvalidVolume.NotFound", () -> describe(root));
    assertThat(describe(data).stateAsString()).isEqualTo("available");
    assertRefused("IncorrectInstanceState", () -> ec2.startInstances(r -> r.instanceIds(id)));
    pass(Duration.ofHours(1));
    assertRefused("InvalidInstanceID.NotFound", () -> look(id));
  }

  @Test
  void instanceStoreRoot_isNotStopped() {
    String id = instance(r -> r.imageId(aws.ec2().instanceStoreImage()).instanceType("m3.medium"));

    assertThat(look(id).rootDeviceTypeAsString()).isEqualTo("instance-store");
    assertThat(look(id).blockDeviceMappings()).isEmpty();
    assertRefused("UnsupportedOperation", () -> ec2.stopInstances(r -> r.instanceIds(id)));
  }

  @Test
  void stopProtection_isHeld() {
    String id = instance(r -> r.disableApiStop(true));
    assertRefused("OperationNotPermitted", () -> ec2.stopInstances(r -> r.instanceIds(id)));

    ec2.modifyInstanceAttribute(r -> r.instanceId(id).disableApiStop(v -> v.value(false)));
    ec2.stopInstances(r -> r.instanceIds(id));
  }

  @Test
  void swap_ofAVolumeOnTheSameDevice() {
    String id = instance(r -> {});
    String before = volume(r -> {});
    String after = volume(r -> {});
    attach(before, id, "/dev/sdf");
    deleteOnTermination(id, "/dev/sdf", true);
    assertThat(describe(before).attachments().get(0).deleteOnTermination()).isTrue();

    assertRefused(
        "InvalidParameterValue",
        () -> ec2.attachVolume(r -> r.volumeId(after).instanceId(id).device("/dev/sdf")));
    ec2.detachVolume(r -> r.volumeId(before));
    assertThat(describe(before).attachments().get(0).stateAsString()).isEqualTo("detaching");
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.attachVolume(r -> r.volumeId(after).instanceId(id).device("/dev/sdf")));
    settle();
    attach(after, id, "/dev/sdf");

    assertThat(describe(before).stateAsString()).isEqualTo("available");
    assertThat(describe(after).attachments().get(0).stateAsString()).isEqualTo("attached");
    assertThat(describe(after).attachments().get(0).deleteOnTermination()).isFalse();
  }

  @Test
  void rootVolume_isDetachedFromAStoppedInstanceOnly_whichDoesNotStartWithout() {
    String id = instance(r -> {});
    String root = rootVolume(id);
    assertRefused("IncorrectState", () -> ec2.detachVolume(r -> r.volumeId(root)));
    stop(id);

    ec2.detachVolume(r -> r.volumeId(root));
    settle();
    assertRefused("InvalidParameterValue", () -> ec2.startInstances(r -> r.instanceIds(id)));
    attach(root, id, "/dev/xvda");
    ec2.startInstances(r -> r.instanceIds(id));
    settle();
    assertThat(look(id).state().nameAsString()).isEqualTo("running");
  }

  @Test
  void attach_whatCannotBe_isRefused() {
    String id = instance(r -> {});
    String elsewhere = volume(r -> r.availabilityZone("eu-central-1b"));
    String lost = volume(r -> {});
    aws.ec2().breakVolume(lost);
    String used = volume(r -> {});
    attach(used, id, "/dev/sdg");
    String free = volume(r -> {});

    assertRefused("InvalidVolume.ZoneMismatch", () -> attach(elsewhere, id, "/dev/sdf"));
    assertRefused("IncorrectState", () -> attach(lost, id, "/dev/sdf"));
    assertRefused("VolumeInUse", () -> attach(used, id, "/dev/sdf"));
    assertRefused("InvalidParameterValue", () -> attach(free, id, "/dev/disk1"));
    assertRefused("VolumeInUse", () -> ec2.deleteVolume(r -> r.volumeId(used)));
    ec2.terminateInstances(r -> r.instanceIds(id));
    settle();
    assertRefused("IncorrectState", () -> attach(free, id, "/dev/sdf"));
  }

  @Test
  void attach_beyondTheLimitOfTheType_isRefused() {
    String id = instance(r -> {});
    for (int i = 0; i < 26; i++) {
      attach(create(i), id, "xvdb" + (char) ('a' + i));
    }

    String one = volume(r -> {});
    assertRefused("AttachmentLimitExceeded", () -> attach(one, id, "/dev/sdz"));
  }

  private String create(int number) {
    return volume(r -> r.tagSpecifications(tags("volume", tag("n", "" + number))));
  }

  @Test
  void detach_whatIsNotAttached_isRefused() {
    String id = instance(r -> {});
    String other = instance(r -> {});
    String free = volume(r -> {});
    String used = volume(r -> {});
    attach(used, id, "/dev/sdf");

    assertRefused("IncorrectState", () -> ec2.detachVolume(r -> r.volumeId(free)));
    assertRefused(
        "InvalidAttachment.NotFound",
        () -> ec2.detachVolume(r -> r.volumeId(used).instanceId(other)));
  }

  @Test
  void detach_thatIsStuck_endsByForce() {
    String id = instance(r -> {});
    String used = volume(r -> {});
    attach(used, id, "/dev/sdf");
    aws.ec2().neverFinish("DetachVolume");
    ec2.detachVolume(r -> r.volumeId(used));
    settle();
    assertThat(describe(used).attachments().get(0).stateAsString()).isEqualTo("detaching");
    assertRefused("IncorrectState", () -> ec2.detachVolume(r -> r.volumeId(used)));

    ec2.detachVolume(r -> r.volumeId(used).force(true));
    settle();
    assertThat(describe(used).stateAsString()).isEqualTo("available");
  }

  @Test
  void multiAttach_isForSeveralInstances_andDetachedFromOneByName() {
    String one = instance(r -> {});
    String two = instance(r -> {});
    String old = instance(r -> r.instanceType("m3.medium"));
    String id = volume(r -> r.volumeType("io2").iops(1000).multiAttachEnabled(true));
    attach(id, one, "/dev/sdf");
    attach(id, two, "/dev/sdf");

    assertThat(describe(id).attachments()).hasSize(2);
    assertRefused("UnsupportedOperation", () -> attach(id, old, "/dev/sdf"));
    assertRefused("VolumeInUse", () -> attach(id, one, "/dev/sdg"));
    assertRefused("MissingParameter", () -> ec2.detachVolume(r -> r.volumeId(id)));
    ec2.detachVolume(r -> r.volumeId(id).instanceId(one));
    settle();
    assertThat(describe(id).stateAsString()).isEqualTo("in-use");
    assertThat(describe(id).attachments()).hasSize(1);
  }

  @Test
  void marketplaceVolume_comesAndGoesWhileTheInstanceIsStopped() {
    String id = instance(r -> {});
    String sold = volume(r -> {});
    aws.ec2().sell(sold, "product-1");
    assertRefused("IncorrectInstanceState", () -> attach(sold, id, "/dev/sdf"));
    stop(id);
    attach(sold, id, "/dev/sdf");

    assertThat(look(id).productCodes().get(0).productCodeId()).isEqualTo("product-1");
    ec2.startInstances(r -> r.instanceIds(id));
    settle();
    assertRefused("IncorrectInstanceState", () -> ec2.detachVolume(r -> r.volumeId(sold)));
  }

  @Test
  void attributes_ofAStoppedInstance_canBeModified() {
    String id = instance(r -> {});
    SdkBytes userData = SdkBytes.fromUtf8String("#!/bin/sh");
    assertRefused(
        "IncorrectInstanceState",
        () -> ec2.modifyInstanceAttribute(r -> r.instanceId(id).userData(b -> b.value(userData))));
    stop(id);

    ec2.modifyInstanceAttribute(r -> r.instanceId(id).userData(b -> b.value(userData)));
    ec2.modifyInstanceAttribute(r -> r.instanceId(id).instanceType(t -> t.value("m5d.large")));

    assertThat(look(id).instanceTypeAsString()).isEqualTo("m5d.large");
    assertThat(
            ec2.describeInstanceAttribute(r -> r.instanceId(id).attribute("userData"))
                .userData()
                .value())
        .isEqualTo(Base64.getEncoder().encodeToString(userData.asByteArray()));
  }

  @Test
  void describe_byFilters() {
    String id = instance(r -> {});
    String root = rootVolume(id);
    instance(r -> {});

    List<String> found =
        ec2
            .describeInstances(
                r ->
                    r.filters(
                        filter("block-device-mapping.volume-id", root),
                        filter("instance-state-name", "running")))
            .reservations()
            .stream()
            .flatMap(reservation -> reservation.instances().stream())
            .map(Instance::instanceId)
            .toList();

    assertThat(found).containsExactly(id);
  }
}
