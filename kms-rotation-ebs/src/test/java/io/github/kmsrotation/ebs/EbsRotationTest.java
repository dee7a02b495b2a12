package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.Volume;

/** A volume, or all volumes of an instance, end under the new key with their data. */
class EbsRotationTest {

  @TempDir Path directory;
  private EbsWorld world;

  @BeforeEach
  void start() {
    world = new EbsWorld(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void assertUnderNewKey(String volumeId) {
    assertThat(world.describe(volumeId).kmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.describe(volumeId).tags())
        .extracting(tag -> tag.key())
        .doesNotContain(RunId.TAG_KEY);
  }

  private String onlyVolume() {
    assertThat(world.aws.ec2().volumes()).hasSize(1);
    return world.aws.ec2().volumes().keySet().iterator().next();
  }

  @Test
  void unattachedVolume_isReplaced_andItsSnapshotStays() {
    String original = world.volume(r -> {});
    world.write(original, "orders");

    RotationReport report = world.approving().run(world.planner(original).plan()).requireComplete();

    String replacement = onlyVolume();
    assertThat(replacement).isNotEqualTo(original);
    assertUnderNewKey(replacement);
    assertThat(world.read(replacement, 6)).isEqualTo("orders|orders");
    assertThat(world.aws.ec2().snapshots()).hasSize(1);
    String last = world.aws.ec2().snapshots().keySet().iterator().next();
    assertThat(world.read(last, 6)).isEqualTo("orders|orders");
    assertThat(report.toString()).contains(replacement);
  }

  @Test
  void unencryptedVolume_isEncrypted() {
    String original = world.volume(r -> r.encrypted(false).kmsKeyId(null));
    world.write(original, "plain");

    world.approving().run(world.planner(original).plan()).requireComplete();

    assertUnderNewKey(onlyVolume());
    assertThat(world.read(onlyVolume(), 5)).isEqualTo("plain|plain");
  }

  @Test
  void instance_hasAllItsVolumesUnderTheNewKey_atTheirDevices_andRuns() {
    String instance = world.instance(r -> {});
    String data = world.volume(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    String root = world.at(instance, EbsWorld.ROOT);
    world.write(root, "system");
    world.write(data, "orders");

    world.approving().run(world.planner(instance).plan()).requireComplete();

    String newRoot = world.at(instance, EbsWorld.ROOT);
    String newData = world.at(instance, EbsWorld.DATA);
    assertUnderNewKey(newRoot);
    assertUnderNewKey(newData);
    assertThat(world.read(newRoot, 6)).isEqualTo("system|system");
    assertThat(world.read(newData, 6)).isEqualTo("orders|orders");
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(newRoot, newData);
    assertThat(world.describe(newRoot).attachments().get(0).deleteOnTermination()).isTrue();
    assertThat(world.describe(newData).attachments().get(0).deleteOnTermination()).isFalse();
    assertThat(world.aws.calls().of("CreateSnapshots")).hasSize(1);
  }

  @Test
  void volumeOfAnInstance_isRotatedAlone() {
    String instance = world.instance(r -> {});
    String data = world.volume(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    String root = world.at(instance, EbsWorld.ROOT);

    world.approving().run(world.planner(data).plan()).requireComplete();

    assertThat(world.at(instance, EbsWorld.ROOT)).isEqualTo(root);
    assertThat(world.at(instance, EbsWorld.DATA)).isNotEqualTo(data);
    assertUnderNewKey(world.at(instance, EbsWorld.DATA));
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
  }

  @Test
  void instance_whoseOtherVolumesAreUnderTheKeyAlready_hasOnlyTheRestRotated() {
    String instance = world.instance(r -> {});
    String first = world.volume(r -> r.kmsKeyId(world.newKey));
    String second = world.volume(r -> {});
    String third = world.volume(r -> {});
    world.attach(first, instance, "/dev/sdf");
    world.attach(second, instance, "/dev/sdg");
    world.attach(third, instance, "/dev/sdh");

    RotationPlan plan = world.planner(instance).plan();
    world.approving().run(plan).requireComplete();

    assertThat(plan.describe()).contains("volume " + first + " is under " + world.newKey);
    assertThat(world.at(instance, "/dev/sdf")).isEqualTo(first);
    assertUnderNewKey(world.at(instance, EbsWorld.ROOT));
    assertUnderNewKey(world.at(instance, "/dev/sdg"));
    assertUnderNewKey(world.at(instance, "/dev/sdh"));
    assertThat(world.aws.ec2().volumes()).hasSize(4);
    assertThat(world.aws.ec2().snapshots()).hasSize(3);
  }

  @Test
  void instance_whoseRootVolumeIsUnderTheKeyAlready_keepsIt() {
    String instance =
        world.instance(
            r ->
                r.blockDeviceMappings(
                    EbsWorld.disk(EbsWorld.ROOT, e -> e.encrypted(true).kmsKeyId(world.newKey))));
    String root = world.at(instance, EbsWorld.ROOT);
    world.attach(world.volume(r -> {}), instance, "/dev/sdf");
    world.attach(world.volume(r -> {}), instance, "/dev/sdg");

    world.approving().run(world.planner(instance).plan()).requireComplete();

    assertThat(world.at(instance, EbsWorld.ROOT)).isEqualTo(root);
    assertUnderNewKey(world.at(instance, "/dev/sdf"));
    assertUnderNewKey(world.at(instance, "/dev/sdg"));
    assertThat(world.aws.ec2().snapshots()).hasSize(2);
  }

  @Test
  void stoppedInstance_staysStopped() {
    String instance = world.instance(r -> {});
    world.stop(instance);
    world.aws.calls().clear();

    world
        .approving(world.application.undecided().build())
        .run(world.planner(instance).with(world.application.undecided().build()).plan())
        .requireComplete();

    assertUnderNewKey(world.at(instance, EbsWorld.ROOT));
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "stopped"));
    assertThat(world.aws.calls().mutating())
        .extracting(Call::operation)
        .doesNotContain("StartInstances", "StopInstances");
  }

  @Test
  void dataVolume_withAFreeze_isSwappedWhileTheInstanceRuns() {
    String instance = world.instance(r -> {});
    String data = world.volume(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    world.write(data, "orders");
    EbsOptions options = world.application.freezing().build();
    world.aws.calls().clear();

    world.approving(options).run(world.planner(data).with(options).plan()).requireComplete();

    String replacement = world.at(instance, EbsWorld.DATA);
    assertUnderNewKey(replacement);
    assertThat(world.read(replacement, 6)).isEqualTo("orders|orders");
    assertThat(world.application.freezes)
        .containsExactly("freeze " + data + " at /dev/sdf", "thaw " + replacement + " at /dev/sdf");
    assertThat(world.aws.calls().of("StopInstances")).isEmpty();
  }

  @Test
  void everyAttribute_ofVolumeAndAttachment_isKept() {
    String instance = world.instance(r -> {});
    String data =
        world.volume(
            r ->
                r.volumeType("io2")
                    .size(17)
                    .iops(4321)
                    .multiAttachEnabled(true)
                    .tagSpecifications(
                        EbsWorld.tags(
                            "volume",
                            EbsWorld.tag("Name", "orders, odd = name"),
                            EbsWorld.tag("empty", ""),
                            EbsWorld.tag("ünïcode", "wert/ä"))));
    world.attach(data, instance, "/dev/sdp");
    world.deleteOnTermination(instance, "/dev/sdp", true);
    String log = world.volume(r -> r.size(33).iops(5000).throughput(321));
    world.attach(log, instance, "/dev/sdq");
    Volume original = world.describe(data);

    RotationPlan plan = world.planner(instance).plan();
    world.approving().run(plan).requireComplete();

    Volume replacement = world.describe(world.at(instance, "/dev/sdp"));
    assertThat(replacement.volumeTypeAsString()).isEqualTo("io2");
    assertThat(replacement.size()).isEqualTo(17);
    assertThat(replacement.iops()).isEqualTo(4321);
    assertThat(replacement.multiAttachEnabled()).isTrue();
    assertThat(replacement.availabilityZone()).isEqualTo(original.availabilityZone());
    assertThat(replacement.tags()).containsExactlyInAnyOrderElementsOf(original.tags());
    assertThat(replacement.attachments().get(0).deleteOnTermination()).isTrue();
    Volume newLog = world.describe(world.at(instance, "/dev/sdq"));
    assertThat(List.of(newLog.size(), newLog.iops(), newLog.throughput()))
        .containsExactly(33, 5000, 321);
    assertThat(newLog.attachments().get(0).deleteOnTermination()).isFalse();
  }

  @Test
  void outpost_initializationRate_andDeletionOfTheSnapshots_areAsAsked() {
    String outpost = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-0123456789abcdef0";
    String original = world.volume(r -> r.volumeType("gp2").outpostArn(outpost));
    EbsOptions options =
        world.application.undecided().volumeInitializationRate(150).deleteFinalSnapshots().build();

    RotationPlan plan = world.planner(original).with(options).plan();
    world.approving(options).run(plan).requireComplete();

    assertThat(plan.describe()).contains("150 MiB/s");
    assertThat(world.describe(onlyVolume()).outpostArn()).isEqualTo(outpost);
    assertThat(world.describe(onlyVolume()).volumeInitializationRate()).isEqualTo(150);
    assertThat(world.aws.ec2().snapshots()).isEmpty();
  }

  @Test
  void plan_storedAndReadAgain_isRunByAnotherProcess() {
    String instance = world.instance(r -> {});
    RotationPlan plan = world.planner(instance).plan();

    RotationPlan read = RotationPlan.fromJson(plan.toJson());
    world.approving().run(read).requireComplete();

    assertUnderNewKey(world.at(instance, EbsWorld.ROOT));
  }

  @Test
  void observing_goesOnForAsLongAsWasAsked() {
    String instance = world.instance(r -> {});
    EbsOptions options = world.application.stopping().observeFor(Duration.ofHours(6)).build();
    java.time.Instant before = world.aws.clock().instant();

    world.approving(options).run(world.planner(instance).with(options).plan()).requireComplete();

    assertThat(Duration.between(before, world.aws.clock().instant()))
        .isGreaterThan(Duration.ofHours(6));
  }

  @Test
  void rollBack_afterTheNewVolumesServed_bringsTheOriginalsBack_andKeepsWhatWasWritten() {
    String instance = world.instance(r -> {});
    String root = world.at(instance, EbsWorld.ROOT);
    world.write(root, "before");
    RotationPlan plan = world.planner(instance).plan();
    Approvals notForDeletion =
        Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test"));
    RotationReport stopped = world.runner().approval(notForDeletion).build().run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.write(world.at(instance, EbsWorld.ROOT), "during");

    RotationReport report = world.runner().build().rollBack(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, root));
    assertThat(world.describe(root).attachments().get(0).deleteOnTermination()).isTrue();
    assertThat(world.read(root, 6)).isEqualTo("before|before");
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(root);
    assertThat(world.aws.ec2().snapshots()).hasSize(1);
    String kept = world.aws.ec2().snapshots().keySet().iterator().next();
    assertThat(world.read(kept, 6)).isEqualTo("during|during");
    assertThat(report.toString()).contains(kept);
  }
}
