package io.github.kmsrotation.ebs;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.target.EbsTarget;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.CreateVolumeRequest;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMappingSpecification;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.kms.KmsClient;

/** An embedded AWS with an old key and a new one, and what makes volumes and instances. */
final class EbsWorld implements AutoCloseable {

  static final String ZONE = "eu-central-1a";
  static final String ROOT = "/dev/xvda";
  static final String DATA = "/dev/sdf";
  static final long SOMEWHERE = 1024L * 1024 * 1024;

  final EmbeddedAws aws;
  final EbsApplication application;
  final Ec2Client ec2;
  final KmsClient kms;
  final Path journal;
  final String oldKey;
  final String newKey;

  EbsWorld(Path journal) {
    this(journal, TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")), Duration.ZERO);
  }

  EbsWorld(Path journal, TestClock clock, Duration eventualConsistency) {
    this.journal = journal;
    aws = EmbeddedAws.builder().clock(clock).eventualConsistency(eventualConsistency).start();
    application = new EbsApplication(aws.endpoint(), aws.region(), journal);
    ec2 = application.ec2;
    kms = application.kms;
    oldKey = kms.createKey().keyMetadata().arn();
    newKey = kms.createKey().keyMetadata().arn();
    pass(eventualConsistency);
    kms.createAlias(r -> r.aliasName(EbsApplication.KEY_ALIAS).targetKeyId(newKey));
    pass(eventualConsistency);
  }

  void pass(Duration duration) {
    try {
      aws.clock().sleep(duration);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Long enough for whatever was begun in EC2. */
  void settle() {
    pass(Duration.ofMinutes(15));
  }

  /** A gp3 volume of 4 GiB under the old key, but for what the settings say. */
  String volume(Consumer<CreateVolumeRequest.Builder> settings) {
    String id =
        ec2.createVolume(
                r -> {
                  r.availabilityZone(ZONE)
                      .volumeType("gp3")
                      .size(4)
                      .encrypted(true)
                      .kmsKeyId(oldKey);
                  settings.accept(r);
                })
            .volumeId();
    settle();
    return id;
  }

  /** A running m5.large whose root volume is under the old key, but for what the settings say. */
  String instance(Consumer<RunInstancesRequest.Builder> settings) {
    String id =
        ec2.runInstances(
                r -> {
                  r.imageId(aws.ec2().ebsImage("x86_64"))
                      .instanceType("m5.large")
                      .minCount(1)
                      .maxCount(1)
                      .placement(p -> p.availabilityZone(ZONE))
                      .blockDeviceMappings(disk(ROOT, e -> e.encrypted(true).kmsKeyId(oldKey)));
                  settings.accept(r);
                })
            .instances()
            .get(0)
            .instanceId();
    settle();
    return id;
  }

  static BlockDeviceMapping disk(String device, Consumer<EbsBlockDevice.Builder> ebs) {
    return BlockDeviceMapping.builder().deviceName(device).ebs(ebs).build();
  }

  static TagSpecification tags(String resourceType, Tag... tags) {
    return TagSpecification.builder().resourceType(resourceType).tags(tags).build();
  }

  static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  void attach(String volumeId, String instanceId, String device) {
    ec2.attachVolume(r -> r.volumeId(volumeId).instanceId(instanceId).device(device));
    settle();
  }

  void deleteOnTermination(String instanceId, String device, boolean isDeleted) {
    ec2.modifyInstanceAttribute(
        r ->
            r.instanceId(instanceId)
                .blockDeviceMappings(
                    InstanceBlockDeviceMappingSpecification.builder()
                        .deviceName(device)
                        .ebs(ebs -> ebs.deleteOnTermination(isDeleted))
                        .build()));
  }

  void stop(String instanceId) {
    ec2.stopInstances(r -> r.instanceIds(instanceId));
    settle();
  }

  void start(String instanceId) {
    ec2.startInstances(r -> r.instanceIds(instanceId));
    settle();
  }

  /** Volume ids by device. */
  Map<String, String> attached(String instanceId) {
    Map<String, String> attached = new TreeMap<>();
    ec2.describeInstances(r -> r.instanceIds(instanceId))
        .reservations()
        .get(0)
        .instances()
        .get(0)
        .blockDeviceMappings()
        .forEach(mapping -> attached.put(mapping.deviceName(), mapping.ebs().volumeId()));
    return attached;
  }

  /** Whether volumes go with the instance, by volume id. */
  Map<String, Boolean> deletedOnTerminationByVolume(String instanceId) {
    Map<String, Boolean> deleted = new TreeMap<>();
    attached(instanceId)
        .values()
        .forEach(id -> deleted.put(id, describe(id).attachments().get(0).deleteOnTermination()));
    return deleted;
  }

  String at(String instanceId, String device) {
    return attached(instanceId).getOrDefault(device, "nothing");
  }

  Volume describe(String volumeId) {
    return ec2.describeVolumes(r -> r.volumeIds(volumeId)).volumes().get(0);
  }

  void write(String volumeId, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    aws.ec2().write(volumeId, 0, bytes);
    aws.ec2().write(volumeId, SOMEWHERE, bytes);
  }

  /** What is at the beginning, and somewhere in the middle. */
  String read(String id, int length) {
    return new String(aws.ec2().read(id, 0, length), StandardCharsets.UTF_8)
        + "|"
        + new String(aws.ec2().read(id, SOMEWHERE, length), StandardCharsets.UTF_8);
  }

  RotationPlanner<EbsTarget> planner(String target) {
    return application.planner(target).clock(aws.clock());
  }

  RotationRunner.Builder runner() {
    return application.runner().clock(aws.clock()).sleeper(aws.clock()::sleep);
  }

  RotationRunner approving() {
    return approving(application.stopping().build());
  }

  RotationRunner approving(EbsOptions options) {
    return runner().with(options).approval(Approvals.approveEveryPhaseIncludingDeletion()).build();
  }

  /** Puts an instance into an Auto Scaling group, whose client the tests do without. */
  void group(String instanceId, String group) {
    ec2.createLaunchTemplate(
        r ->
            r.launchTemplateName(group)
                .launchTemplateData(d -> d.imageId(aws.ec2().ebsImage("x86_64"))));
    autoScaling(
        "CreateAutoScalingGroup&MinSize=0&MaxSize=3&AvailabilityZones.member.1="
            + ZONE
            + "&LaunchTemplate.Version=1&LaunchTemplate.LaunchTemplateName="
            + group
            + "&AutoScalingGroupName="
            + group);
    autoScaling(
        "AttachInstances&AutoScalingGroupName=" + group + "&InstanceIds.member.1=" + instanceId);
  }

  private void autoScaling(String call) {
    HttpRequest request =
        HttpRequest.newBuilder(aws.endpoint())
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=any/20261124/"
                    + aws.region()
                    + "/autoscaling/aws4_request, SignedHeaders=host, Signature=any")
            .POST(HttpRequest.BodyPublishers.ofString("Action=" + call + "&Version=2011-01-01"))
            .build();
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(answer.body());
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    application.close();
    aws.close();
  }
}
