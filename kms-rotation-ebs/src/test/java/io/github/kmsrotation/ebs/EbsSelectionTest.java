package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.ebs.EbsSelection.LeftOut;
import io.github.kmsrotation.target.EbsTarget;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/** Volumes are found by a tag or by their key, and those of an instance are one target. */
class EbsSelectionTest {

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

  private String tagged() {
    return world.volume(
        r -> r.tagSpecifications(EbsWorld.tags("volume", EbsWorld.tag("team", "orders"))));
  }

  private void tag(String id) {
    world.ec2.createTags(r -> r.resources(id).tags(EbsWorld.tag("team", "orders")));
  }

  @Test
  void byTag_makesOneTargetOfTheVolumesOfAnInstance_andOneOfEachThatIsUnattached() {
    String alone = tagged();
    String whole = world.instance(r -> {});
    tag(world.at(whole, EbsWorld.ROOT));
    String part = world.instance(r -> {});
    String data = tagged();
    world.attach(data, part, EbsWorld.DATA);
    world.volume(r -> {});

    EbsSelection selection = EbsSelection.byTag(world.ec2, "team", "orders");

    assertThat(selection.targets())
        .containsExactlyInAnyOrder(
            new EbsTarget(alone), new EbsTarget(whole), EbsTarget.of(part, List.of(data)));
    assertThat(selection.leftOut()).isEmpty();
  }

  @Test
  void byTag_leavesOutWhatCannotBeRotated_andSaysWhy() {
    String broken = tagged();
    world.aws.ec2().breakVolume(broken);
    String managed = tagged();
    world.aws.ec2().manage(managed, "eks.amazonaws.com");
    String shared =
        world.volume(
            r ->
                r.volumeType("io2")
                    .iops(100)
                    .multiAttachEnabled(true)
                    .tagSpecifications(EbsWorld.tags("volume", EbsWorld.tag("team", "orders"))));
    world.attach(shared, world.instance(r -> {}), EbsWorld.DATA);
    world.attach(shared, world.instance(r -> {}), EbsWorld.DATA);

    EbsSelection selection = EbsSelection.byTag(world.ec2, "team", "orders");

    assertThat(selection.targets()).isEmpty();
    assertThat(selection.leftOut())
        .extracting(LeftOut::volumeId)
        .containsExactlyInAnyOrder(broken, managed, shared);
    assertThat(selection.leftOut().toString())
        .contains("It is error.", "managed by eks.amazonaws.com", "several instances");
  }

  @Test
  void underKey_findsVolumesByAlias_andNoneOfAnotherKey() {
    String old = world.volume(r -> {});
    world.volume(r -> r.kmsKeyId(world.newKey));
    world.volume(r -> r.encrypted(false).kmsKeyId(null));
    world.kms.createAlias(r -> r.aliasName("alias/volumes-2025").targetKeyId(world.oldKey));

    assertThat(EbsSelection.underKey(world.ec2, world.kms, "alias/volumes-2025").targets())
        .containsExactly(new EbsTarget(old));
    assertThat(EbsSelection.underKey(world.ec2, world.kms, world.oldKey).targets())
        .containsExactly(new EbsTarget(old));
    assertThatThrownBy(() -> EbsSelection.underKey(world.ec2, world.kms, "alias/nothing"))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void targetOfSomeVolumes_hasOnlyThoseRotated() {
    String instance = world.instance(r -> {});
    String first = world.volume(r -> {});
    String second = world.volume(r -> {});
    world.attach(first, instance, "/dev/sdf");
    world.attach(second, instance, "/dev/sdg");
    String root = world.at(instance, EbsWorld.ROOT);
    EbsTarget target = EbsTarget.of(instance, List.of(second, first));

    world
        .approving()
        .run(world.application.planner(target).clock(world.aws.clock()).plan())
        .requireComplete();

    assertThat(world.at(instance, EbsWorld.ROOT)).isEqualTo(root);
    assertThat(world.describe(world.at(instance, "/dev/sdf")).kmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.describe(world.at(instance, "/dev/sdg")).kmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.aws.ec2().snapshots()).hasSize(2);
  }

  @Test
  void targetOfVolumesThatAreElsewhere_isRefused() {
    String instance = world.instance(r -> {});
    String volume = world.volume(r -> {});
    EbsTarget target = EbsTarget.of(instance, List.of(volume));

    assertThatThrownBy(() -> world.application.planner(target).plan())
        .hasMessageContaining("The volume " + volume + " is not attached to it.");
    assertThatThrownBy(() -> EbsTarget.of(instance, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EbsTarget.of(volume, List.of(volume)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RotationPlanner.forEbs(EbsTarget.of(instance, List.of("orders"))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
