package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.CreateReplaceRootVolumeTaskRequest;
import software.amazon.awssdk.services.ec2.model.ReplaceRootVolumeTask;

/** Root volumes that are replaced while their instance runs. */
class EmbeddedEc2RootVolumeTest extends Ec2Fixture {

  private final String id = instance(r -> {});

  private String begin(Consumer<CreateReplaceRootVolumeTaskRequest.Builder> settings) {
    return ec2.createReplaceRootVolumeTask(
            r -> {
              r.instanceId(id);
              settings.accept(r);
            })
        .replaceRootVolumeTask()
        .replaceRootVolumeTaskId();
  }

  private ReplaceRootVolumeTask see(String task) {
    return ec2.describeReplaceRootVolumeTasks(r -> r.replaceRootVolumeTaskIds(task))
        .replaceRootVolumeTasks()
        .get(0);
  }

  @Test
  void byAVolume_takesItOnTheSameDevice_andKeepsTheFormerOne() {
    String key = key();
    String before = rootVolume(id);
    String after = volume(r -> r.encrypted(true).kmsKeyId(key));

    String task = begin(r -> r.volumeId(after));
    assertThat(see(task).taskStateAsString()).isEqualTo("pending");
    assertRefused("IncorrectState", () -> begin(r -> {}));
    settle();

    assertThat(see(task).taskStateAsString()).isEqualTo("succeeded");
    assertThat(rootVolume(id)).isEqualTo(after);
    assertThat(look(id).blockDeviceMappings().get(0).deviceName()).isEqualTo("/dev/xvda");
    assertThat(look(id).blockDeviceMappings().get(0).ebs().deleteOnTermination()).isTrue();
    assertThat(look(id).state().nameAsString()).isEqualTo("running");
    assertThat(describe(before).stateAsString()).isEqualTo("available");
  }

  @Test
  void bySnapshot_holdsItsBytes_andDeletesTheFormerOneIfAsked() {
    String before = rootVolume(id);
    write(before, "hello");
    String snapshot = ec2.createSnapshot(r -> r.volumeId(before)).snapshotId();
    settle();

    String task = begin(r -> r.snapshotId(snapshot).deleteReplacedRootVolume(true));
    settle();

    assertThat(see(task).taskStateAsString()).isEqualTo("succeeded");
    assertThat(see(task).snapshotId()).isEqualTo(snapshot);
    assertThat(read(rootVolume(id), 5)).isEqualTo("hello");
    assertRefused("InvalidVolume.NotFound", () -> describe(before));
    begin(r -> r.snapshotId(snapshot));
  }

  @Test
  void byTheSnapshotOfAnotherVolume_orACopy_isRefused() {
    String root = rootVolume(id);
    String other = volume(r -> {});
    String ofOther = ec2.createSnapshot(r -> r.volumeId(other)).snapshotId();
    String ofRoot = ec2.createSnapshot(r -> r.volumeId(root)).snapshotId();
    settle();
    String copy =
        ec2.copySnapshot(
                r ->
                    r.sourceRegion(aws.region())
                        .destinationRegion(aws.region())
                        .sourceSnapshotId(ofRoot))
            .snapshotId();
    settle();

    assertRefused("InvalidParameterValue", () -> begin(r -> r.snapshotId(ofOther)));
    assertRefused("InvalidParameterValue", () -> begin(r -> r.snapshotId(copy)));
  }

  @Test
  void byAnImage_orTheLaunchState_isANewVolumeOfTheSameKind() {
    String before = rootVolume(id);
    write(before, "hello");

    begin(r -> r.imageId(aws.ec2().ebsImage("x86_64")));
    settle();
    String second = rootVolume(id);
    assertThat(second).isNotEqualTo(before);
    begin(r -> {});
    settle();

    assertThat(rootVolume(id)).isNotEqualTo(second);
    assertThat(describe(rootVolume(id)).volumeTypeAsString()).isEqualTo("gp3");
    assertThat(aws.ec2().read(rootVolume(id), 0, 5)).containsOnly(0);
  }

  @Test
  void whenTheKeyCannotBeUsed_fails_andTheRootVolumeStays() {
    String key = key();
    String before = rootVolume(id);
    String after = volume(r -> r.encrypted(true).kmsKeyId(key));
    disable(key);

    String task = begin(r -> r.volumeId(after));
    settle();

    assertThat(see(task).taskStateAsString()).isEqualTo("failed");
    assertThat(rootVolume(id)).isEqualTo(before);
    assertThat(describe(after).stateAsString()).isEqualTo("available");
  }

  @Test
  void whatCannotBe_isRefused() {
    String elsewhere = volume(r -> r.availabilityZone("eu-central-1b"));
    String plain = volume(r -> {});
    String sealed = instance(r -> r.blockDeviceMappings(disk("/dev/xvda", e -> e.encrypted(true))));

    assertRefused("InvalidVolume.ZoneMismatch", () -> begin(r -> r.volumeId(elsewhere)));
    assertRefused("InvalidParameterValue", () -> begin(r -> r.instanceId(sealed).volumeId(plain)));
    assertRefused(
        "InvalidParameterCombination",
        () -> begin(r -> r.volumeId(plain).imageId(aws.ec2().ebsImage("x86_64"))));
    stop(id);
    assertRefused("IncorrectInstanceState", () -> begin(r -> {}));
  }

  @Test
  void again_withItsToken_isTheSameTask() {
    String first = begin(r -> r.clientToken("run-1"));
    settle();

    assertThat(begin(r -> r.clientToken("run-1"))).isEqualTo(first);
  }
}
