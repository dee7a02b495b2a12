package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;

/** An instance behind a load balancer, with a root volume and a data volume. */
final class NewInstanceWorld implements AutoCloseable {

  static final String TEXT = "orders";
  static final int PORT = 8080;

  final EbsWorld world;
  final ElasticLoadBalancingV2Client elb;
  final String group;
  final String original;
  final Map<String, String> attachedBefore;

  NewInstanceWorld(Path journal) {
    this(journal, r -> {});
  }

  NewInstanceWorld(Path journal, Consumer<RunInstancesRequest.Builder> settings) {
    world = new EbsWorld(journal);
    elb =
        EbsApplication.client(
                ElasticLoadBalancingV2Client.builder(), world.aws.endpoint(), world.aws.region())
            .build();
    group = world.aws.elb().targetGroup("orders", PORT);
    original =
        world.instance(
            r -> {
              r.blockDeviceMappings(
                      EbsWorld.disk(EbsWorld.ROOT, this::root),
                      EbsWorld.disk(EbsWorld.DATA, this::data))
                  .userData(
                      Base64.getEncoder()
                          .encodeToString("#!/bin/sh".getBytes(StandardCharsets.UTF_8)));
              settings.accept(r);
            });
    elb.registerTargets(
        r -> r.targetGroupArn(group).targets(TargetDescription.builder().id(original).build()));
    world.settle();
    attachedBefore = world.attached(original);
    attachedBefore.values().forEach(volume -> world.write(volume, TEXT));
    world.aws.calls().clear();
  }

  private void root(EbsBlockDevice.Builder ebs) {
    ebs.encrypted(true).kmsKeyId(world.oldKey);
  }

  private void data(EbsBlockDevice.Builder ebs) {
    ebs.encrypted(true)
        .kmsKeyId(world.oldKey)
        .volumeType("gp3")
        .volumeSize(4)
        .deleteOnTermination(false);
  }

  TrafficSwitch traffic() {
    return TargetGroupSwitch.of(elb, group);
  }

  EbsOptions.Builder stopping() {
    return world.application.stopping().newInstance(traffic());
  }

  EbsOptions.Builder losing() {
    return world
        .application
        .undecided()
        .newInstance(traffic())
        .iAcceptLosingWritesMadeAfterTheSnapshot();
  }

  EbsOptions.Builder freezing() {
    return world.application.freezing().newInstance(traffic());
  }

  RotationPlan plan(EbsOptions options) {
    return world.planner(original).with(options).plan();
  }

  RotationRunner approving(EbsOptions options) {
    return world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  Instance describe(String instanceId) {
    return world
        .ec2
        .describeInstances(r -> r.instanceIds(instanceId))
        .reservations()
        .get(0)
        .instances()
        .get(0);
  }

  /** All instances that are not terminated. */
  List<String> alive() {
    return world.aws.ec2().instances().entrySet().stream()
        .filter(entry -> !entry.getValue().equals("terminated"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The one that is not the original. */
  String successor() {
    return alive().stream().filter(id -> !id.equals(original)).collect(Collectors.joining(" and "));
  }

  Map<String, String> targets() {
    return world.aws.elb().targets(group);
  }

  void assertTakenOver(RotationReport report) {
    assertThat(report.status()).as(report.describe()).isEqualTo(RunStatus.SUCCEEDED);
    String successor = successor();
    assertThat(alive()).containsExactly(successor);
    Map<String, String> volumes = world.attached(successor);
    assertThat(volumes).containsOnlyKeys(EbsWorld.ROOT, EbsWorld.DATA);
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(volumes.values());
    for (String volume : volumes.values()) {
      assertThat(world.describe(volume).kmsKeyId()).isEqualTo(world.newKey);
      assertThat(world.describe(volume).tags()).doesNotContain(RunTag.of(report.runId()));
      assertThat(world.read(volume, TEXT.length())).isEqualTo(TEXT + "|" + TEXT);
    }
    assertThat(describe(successor).tags()).doesNotContain(RunTag.of(report.runId()));
    assertThat(targets()).isEqualTo(Map.of(successor + ":" + PORT, "healthy"));
  }

  void assertAsBefore(RotationReport report) {
    assertThat(report.status()).as(report.describe()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(alive()).containsExactly(original);
    assertThat(world.aws.ec2().instances()).containsEntry(original, "running");
    assertThat(world.attached(original)).isEqualTo(attachedBefore);
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(attachedBefore.values());
    for (String volume : attachedBefore.values()) {
      assertThat(world.read(volume, TEXT.length())).isEqualTo(TEXT + "|" + TEXT);
    }
    world.settle();
    assertThat(targets()).isEqualTo(Map.of(original + ":" + PORT, "healthy"));
    assertThat(world.ec2.describeImages(r -> r.owners("self")).images()).isEmpty();
    // What was written to new volumes that may have served is in no other place.
    assertThat(world.ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots())
        .hasSizeLessThanOrEqualTo(2)
        .allSatisfy(
            snapshot ->
                assertThat(snapshot.tags())
                    .singleElement()
                    .satisfies(tag -> assertThat(tag.key()).isEqualTo(RunTag.UNDONE_KEY)));
  }

  @Override
  public void close() {
    elb.close();
    world.close();
  }
}
