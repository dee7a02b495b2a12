package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.Volume;

/** How new volumes are made: as copies, with snapshots behind them, or of fast snapshots. */
class EbsMakingTest {

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

  private EbsOptions copying() {
    return world.application.undecided().copyVolumes().build();
  }

  private EbsOptions fast() {
    return world
        .application
        .undecided()
        .fastSnapshotRestore()
        .patience(Duration.ofHours(2))
        .build();
  }

  private String unusual() {
    String volume =
        world.volume(
            r ->
                r.volumeType("io2")
                    .size(9)
                    .iops(1234)
                    .multiAttachEnabled(true)
                    .tagSpecifications(
                        EbsWorld.tags("volume", EbsWorld.tag("team", "böck & söhne"))));
    world.write(volume, "orders");
    return volume;
  }

  private Volume onlyVolume() {
    List<Volume> volumes = world.ec2.describeVolumes().volumes();
    assertThat(volumes).hasSize(1);
    return volumes.get(0);
  }

  private void assertLikeUnusual(Volume copy) {
    assertThat(copy.kmsKeyId()).isEqualTo(world.newKey);
    assertThat(copy.volumeTypeAsString()).isEqualTo("io2");
    assertThat(copy.size()).isEqualTo(9);
    assertThat(copy.iops()).isEqualTo(1234);
    assertThat(copy.multiAttachEnabled()).isTrue();
    assertThat(copy.tags()).containsExactly(EbsWorld.tag("team", "böck & söhne"));
    assertThat(world.read(copy.volumeId(), 6)).isEqualTo("orders|orders");
  }

  @Test
  void copiedVolume_hasAllThatTheOriginalHas_andNoSnapshotIsMade() {
    String original = unusual();
    RotationPlan plan = world.planner(original).with(copying()).plan();
    assertThat(plan.warnings().toString())
        .contains("AWS charges for each CopyVolumes", "Nothing of an original is left");

    world.approving(copying()).run(plan).requireComplete();

    assertLikeUnusual(onlyVolume());
    assertThat(onlyVolume().sourceVolumeId()).isEqualTo(original);
    assertThat(world.aws.ec2().snapshots()).isEmpty();
  }

  @Test
  void copyThatKeptTheOldKey_isDeleted_andASnapshotIsUsedInstead() {
    String original = unusual();
    world.aws.ec2().keepKeysOfVolumeCopies();

    RotationReport report =
        world
            .approving(copying())
            .run(world.planner(original).with(copying()).plan())
            .requireComplete();

    assertLikeUnusual(onlyVolume());
    assertThat(onlyVolume().snapshotId()).isNotEmpty();
    assertThat(report.toString()).contains("the copy came out under " + world.oldKey);
  }

  @Test
  void copyThatAwsRefuses_isMadeOfASnapshotInstead() {
    String original = unusual();
    world.aws.faults().on("CopyVolumes").error("CopyVolumesLimitExceeded", 400);

    RotationReport report =
        world
            .approving(copying())
            .run(world.planner(original).with(copying()).plan())
            .requireComplete();

    assertLikeUnusual(onlyVolume());
    assertThat(report.toString()).contains("EC2 refused it: CopyVolumesLimitExceeded");
  }

  @Test
  void copiesOfAnInstancesVolumes_oneOfWhichIsRefused_allEndUnderTheKey() {
    String instance = world.instance(r -> {});
    world.attach(unusualData(), instance, EbsWorld.DATA);
    world.aws.faults().on("CopyVolumes").nth(2).error("UnsupportedOperation", 400);
    EbsOptions options = world.application.stopping().copyVolumes().build();

    world.approving(options).run(world.planner(instance).with(options).plan()).requireComplete();

    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
    assertThat(world.ec2.describeVolumes().volumes())
        .hasSize(2)
        .allSatisfy(volume -> assertThat(volume.kmsKeyId()).isEqualTo(world.newKey));
  }

  private String unusualData() {
    return world.volume(r -> r.size(9).iops(4000).throughput(250));
  }

  @Test
  void plan_ofAVolumeThatAnotherRunCopies_isRefused() {
    String original = unusual();
    world
        .runner()
        .with(copying())
        .approval(Approvals.stopBeforeCutoverAndRetire())
        .build()
        .run(world.planner(original).with(copying()).plan());

    assertThatThrownBy(() -> world.planner(original).with(copying()).plan())
        .hasMessageContaining("under way");
  }

  @Test
  void fastRestoredVolume_isFullyInitialized_andNothingIsBilledOn() {
    String original = unusual();
    RotationPlan plan = world.planner(original).with(fast()).plan();
    assertThat(plan.warnings().toString()).contains("every minute", "60 minutes per TiB");

    RotationReport report = world.approving(fast()).run(plan).requireComplete();

    assertLikeUnusual(onlyVolume());
    assertThat(onlyVolume().fastRestored()).isTrue();
    assertThat(report.toString()).contains("fastRestored." + original);
    assertThat(world.ec2.describeFastSnapshotRestores(r -> {}).fastSnapshotRestores())
        .singleElement()
        .satisfies(restore -> assertThat(restore.stateAsString()).isEqualTo("disabled"));
  }

  @Test
  void rollBack_disablesFastSnapshotRestore_alsoWhereItNeverGotEnabled() {
    String original = unusual();
    RotationPlan plan = world.planner(original).with(fast()).plan();
    world.aws.ec2().neverFinish("EnableFastSnapshotRestores");
    assertThat(world.approving(fast()).run(plan).status()).isEqualTo(RunStatus.BLOCKED);
    world.aws.calls().clear();

    RotationReport report = world.runner().with(fast()).build().rollBack(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.calls().mutating())
        .extracting(call -> call.operation())
        .containsExactly("DisableFastSnapshotRestores", "DeleteSnapshot");
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(original);
  }

  @Test
  void creditAfterEnabling_isAnHourPerTebibyte_atLeastSixMinutes() {
    assertThat(FastRestores.creditAfter(1)).isEqualTo(Duration.ofMinutes(6));
    assertThat(FastRestores.creditAfter(512)).isEqualTo(Duration.ofMinutes(30));
    assertThat(FastRestores.creditAfter(16_384)).isEqualTo(Duration.ofHours(16));
  }

  @Test
  void waysThatExcludeEachOther_areRefused() {
    EbsOptions.Builder twoRates =
        EbsOptions.builder().fastSnapshotRestore().volumeInitializationRate(200);
    EbsOptions.Builder copyAtARate =
        EbsOptions.builder().copyVolumes().volumeInitializationRate(200);
    EbsOptions.Builder fastCopy = EbsOptions.builder().copyVolumes().fastSnapshotRestore();

    assertThatThrownBy(twoRates::build).hasMessageContaining("not both");
    assertThatThrownBy(copyAtARate::build).hasMessageContaining("none of them");
    assertThatThrownBy(fastCopy::build).hasMessageContaining("none of them");
  }
}
