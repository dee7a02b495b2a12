package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.CreateVolumeRequest;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMappingSpecification;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.kms.KmsClient;

/** An embedded AWS whose clock a test turns, with clients for EC2 and KMS. */
abstract class Ec2Fixture {

  static final String ZONE = "eu-central-1a";

  final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  final Ec2Client ec2 = Clients.of(Ec2Client.builder(), aws);
  final KmsClient kms = Clients.of(KmsClient.builder(), aws);

  @AfterEach
  final void close() {
    kms.close();
    ec2.close();
    aws.close();
  }

  final void pass(Duration duration) {
    aws.clock().advance(duration);
  }

  /** Long enough for whatever was begun. */
  final void settle() {
    pass(Duration.ofMinutes(15));
  }

  static void assertRefused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            e ->
                assertThat(e.awsErrorDetails().errorCode())
                    .as(e.awsErrorDetails().errorMessage())
                    .isEqualTo(code));
  }

  final String key() {
    return kms.createKey().keyMetadata().arn();
  }

  final void disable(String key) {
    kms.disableKey(r -> r.keyId(key));
  }

  /** A new gp3 volume of 4 GiB, once it is there, but for what the settings say. */
  final String volume(Consumer<CreateVolumeRequest.Builder> settings) {
    String id = create(settings);
    settle();
    return id;
  }

  final String create(Consumer<CreateVolumeRequest.Builder> settings) {
    return ec2.createVolume(
            r -> {
              r.availabilityZone(ZONE).volumeType("gp3").size(4);
              settings.accept(r);
            })
        .volumeId();
  }

  final Volume describe(String volumeId) {
    return ec2.describeVolumes(r -> r.volumeIds(volumeId)).volumes().get(0);
  }

  /** A new m5.large from the public AMI, running, but for what the settings say. */
  final String instance(Consumer<RunInstancesRequest.Builder> settings) {
    String id = launch(settings);
    settle();
    return id;
  }

  final String launch(Consumer<RunInstancesRequest.Builder> settings) {
    return ec2.runInstances(
            r -> {
              r.imageId(aws.ec2().ebsImage("x86_64"))
                  .instanceType("m5.large")
                  .minCount(1)
                  .maxCount(1)
                  .placement(p -> p.availabilityZone(ZONE));
              settings.accept(r);
            })
        .instances()
        .get(0)
        .instanceId();
  }

  final Instance look(String instanceId) {
    return ec2.describeInstances(r -> r.instanceIds(instanceId))
        .reservations()
        .get(0)
        .instances()
        .get(0);
  }

  final void stop(String instanceId) {
    ec2.stopInstances(r -> r.instanceIds(instanceId));
    settle();
  }

  final String rootVolume(String instanceId) {
    return look(instanceId).blockDeviceMappings().get(0).ebs().volumeId();
  }

  final void attach(String volumeId, String instanceId, String device) {
    ec2.attachVolume(r -> r.volumeId(volumeId).instanceId(instanceId).device(device));
    settle();
  }

  final void write(String volumeId, String text) {
    aws.ec2().write(volumeId, 0, text.getBytes(StandardCharsets.UTF_8));
  }

  final String read(String id, int length) {
    return new String(aws.ec2().read(id, 0, length), StandardCharsets.UTF_8);
  }

  static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  static TagSpecification tags(String resourceType, Tag... tags) {
    return TagSpecification.builder().resourceType(resourceType).tags(tags).build();
  }

  static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }

  static BlockDeviceMapping disk(String device, Consumer<EbsBlockDevice.Builder> ebs) {
    return BlockDeviceMapping.builder().deviceName(device).ebs(ebs).build();
  }

  static BlockDeviceMapping noDisk(String device) {
    return BlockDeviceMapping.builder().deviceName(device).noDevice("").build();
  }

  final void deleteOnTermination(String instanceId, String device, boolean isDeleted) {
    ec2.modifyInstanceAttribute(
        r ->
            r.instanceId(instanceId)
                .blockDeviceMappings(
                    InstanceBlockDeviceMappingSpecification.builder()
                        .deviceName(device)
                        .ebs(ebs -> ebs.deleteOnTermination(isDeleted))
                        .build()));
  }
}
