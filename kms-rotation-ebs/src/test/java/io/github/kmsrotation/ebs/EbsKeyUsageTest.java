package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.retire.KeyRetirementOptions;
import io.github.kmsrotation.spi.KeyUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateBlockDeviceMappingRequest;

/** No key is retired under what EC2 has under it. */
class EbsKeyUsageTest {

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

  private List<KeyUse> uses(String arn) {
    return new EbsKeyUsage()
        .find(
            new KeyArn(arn),
            new AwsCalls(EbsApplication.quick()),
            Optional.of(world.application.undecided().build()));
  }

  private List<String> problemsOfRetirement(String arn) {
    KeyRetirementOptions options =
        KeyRetirementOptions.builder()
            .client(world.kms)
            .with(world.application.undecided().build())
            .iAcceptThatTheKeyWasUsedLately()
            .observeFor(Duration.ofDays(1))
            .build();
    PlanningException refused =
        catchThrowableOfType(
            PlanningException.class,
            () ->
                RotationPlanner.forKeyRetirement(arn)
                    .with(options)
                    .kmsClient(world.kms)
                    .calls(EbsApplication.quick())
                    .clock(world.aws.clock())
                    .plan());
    return refused == null ? List.of() : refused.problems().stream().map(Notice::resource).toList();
  }

  @Test
  void uses_areVolumes_snapshotsWithTheirImages_launchTemplates_andTheDefaultKey() {
    String volume = world.volume(r -> {});
    String snapshot = world.ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    world.settle();
    String image =
        world
            .ec2
            .registerImage(
                r ->
                    r.name("orders")
                        .architecture("x86_64")
                        .virtualizationType("hvm")
                        .rootDeviceName(EbsWorld.ROOT)
                        .blockDeviceMappings(
                            EbsWorld.disk(EbsWorld.ROOT, e -> e.snapshotId(snapshot))))
            .imageId();
    world.ec2.createLaunchTemplate(
        r ->
            r.launchTemplateName("orders")
                .launchTemplateData(
                    d ->
                        d.blockDeviceMappings(
                            LaunchTemplateBlockDeviceMappingRequest.builder()
                                .deviceName(EbsWorld.DATA)
                                .ebs(e -> e.volumeSize(4).encrypted(true).kmsKeyId(world.oldKey))
                                .build())));
    world.ec2.modifyEbsDefaultKmsKeyId(r -> r.kmsKeyId(world.oldKey));

    List<KeyUse> uses = uses(world.oldKey);

    assertThat(uses)
        .extracting(KeyUse::resource)
        .satisfiesExactly(
            use -> assertThat(use).isEqualTo("volume " + volume),
            use -> assertThat(use).isEqualTo("snapshot " + snapshot),
            use -> assertThat(use).startsWith("launch template orders (lt-").endsWith("versions 1"),
            use -> assertThat(use).contains("default KMS key"));
    assertThat(uses.get(1).what()).contains(image);
    assertThat(uses(world.newKey)).isEmpty();
  }

  @Test
  void retirement_ofTheFormerKey_waitsUntilTheLastSnapshotIsGone() {
    String volume = world.volume(r -> {});
    assertThat(problemsOfRetirement(world.oldKey)).containsExactly("volume " + volume);

    world.approving().run(world.planner(volume).plan()).requireComplete();

    String last = world.aws.ec2().snapshots().keySet().iterator().next();
    assertThat(problemsOfRetirement(world.oldKey)).containsExactly("snapshot " + last);
    world.ec2.deleteSnapshot(r -> r.snapshotId(last));
    world.settle();
    assertThat(problemsOfRetirement(world.oldKey)).isEmpty();
  }

  @Test
  void uses_whereTheCallerMayNotLook_sayWhichPermissionIsMissing_andHideNothingElse() {
    String volume = world.volume(r -> {});
    world.aws.faults().on("DescribeLaunchTemplates").error("UnauthorizedOperation", 403);
    world.aws.faults().on("DescribeSnapshots").error("UnauthorizedOperation", 403);

    List<KeyUse> uses = uses(world.oldKey);

    assertThat(uses)
        .extracting(KeyUse::resource)
        .containsExactly("volume " + volume, "snapshots and AMIs", "launch templates");
    assertThat(uses.get(1).what()).contains("ec2:DescribeSnapshots");
    assertThat(uses.get(2).what()).contains("ec2:DescribeLaunchTemplates");
  }
}
