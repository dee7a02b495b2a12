package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.target.EbsTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.BootModeValues;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageAttributeName;
import software.amazon.awssdk.services.ec2.model.LaunchPermission;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateBlockDeviceMappingRequest;
import software.amazon.awssdk.services.ec2.model.RequestLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.SnapshotAttributeName;
import software.amazon.awssdk.services.ec2.model.Tag;

/** Snapshots and AMIs are copied under the new key with all that they have; the originals go. */
class EbsCopyTest {

  @TempDir Path directory;
  private EbsWorld world;
  private ImageWorld copies;

  @BeforeEach
  void start() {
    world = new EbsWorld(directory);
    copies = new ImageWorld(world);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationPlanner<EbsTarget> planner(String id) {
    return world.planner(id).with(world.application.undecided().build());
  }

  private RotationReport run(RotationPlan plan) {
    return world.approving(world.application.undecided().build()).run(plan);
  }

  private String problems(RotationPlanner<EbsTarget> planner) {
    int mutating = world.aws.calls().mutating().size();
    PlanningException refusal = catchThrowableOfType(PlanningException.class, planner::plan);
    assertThat(refusal).as("planning was refused").isNotNull();
    assertThat(world.aws.calls().mutating()).hasSize(mutating);
    return refusal.problems().stream().map(Notice::toString).collect(Collectors.joining("\n"));
  }

  private static String warnings(RotationPlan plan) {
    return plan.warnings().stream().map(Notice::toString).collect(Collectors.joining("\n"));
  }

  @Test
  void snapshot_isCopiedWithItsData_andShared_andTheOriginalIsDeleted() {
    String original = copies.snapshot("as of 2025");
    copies.share(original);
    RotationPlan plan =
        planner(original)
            .with(world.application.undecided().completionDuration(Duration.ofMinutes(45)).build())
            .plan();
    assertThat(warnings(plan)).contains("45 minutes", ImageWorld.ACCOUNT, "time-based");

    RotationReport report = run(plan).requireComplete();

    Snapshot copy = copies.onlySnapshot();
    assertThat(world.aws.ec2().snapshots()).containsOnlyKeys(copy.snapshotId());
    assertThat(copy.snapshotId()).isNotEqualTo(original);
    assertThat(copy.kmsKeyId()).isEqualTo(world.newKey);
    assertThat(copy.description()).isEqualTo("as of 2025");
    assertThat(copy.completionDurationMinutes()).isEqualTo(45);
    assertThat(copy.tags())
        .containsExactlyInAnyOrder(EbsWorld.tag("team", "böck & söhne"), EbsWorld.tag("empty", ""));
    assertThat(world.read(copy.snapshotId(), 6)).isEqualTo("orders|orders");
    assertThat(
            world
                .ec2
                .describeSnapshotAttribute(
                    r ->
                        r.snapshotId(copy.snapshotId())
                            .attribute(SnapshotAttributeName.CREATE_VOLUME_PERMISSION))
                .createVolumePermissions())
        .singleElement()
        .satisfies(p -> assertThat(p.userId()).isEqualTo(ImageWorld.ACCOUNT));
    assertThat(report.toString()).contains(copy.snapshotId());
  }

  @Test
  void unencryptedSnapshot_isCopiedUnderTheKey() {
    String volume = world.volume(r -> r.encrypted(false).kmsKeyId(null));
    world.write(volume, "plain");
    String original = world.ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    world.settle();

    run(planner(original).plan()).requireComplete();

    Snapshot copy = copies.onlySnapshot();
    assertThat(copy.kmsKeyId()).isEqualTo(world.newKey);
    assertThat(world.read(copy.snapshotId(), 5)).isEqualTo("plain|plain");
  }

  @Test
  void snapshotOfAnAmi_isCopied_butNotDeleted_untilTheAmiIsGone() {
    String image = copies.image();
    String original = ImageWorld.snapshots(copies.onlyImage()).getOrDefault("/dev/sdx", "");
    RotationPlan plan = planner(original).plan();
    assertThat(warnings(plan)).contains("named by AMIs: " + image);

    RotationReport report = run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("named by AMIs: " + image);
    assertThat(world.aws.ec2().snapshots()).containsKey(original).hasSize(3);
    world.ec2.deregisterImage(r -> r.imageId(image));
    assertThat(world.approving(world.application.undecided().build()).resume(plan.runId()).status())
        .isEqualTo(RunStatus.SUCCEEDED);
    assertThat(world.aws.ec2().snapshots()).doesNotContainKey(original).hasSize(2);
  }

  @Test
  void snapshot_whoseCopyFails_asEbsMayNotUseTheKey_isLeftAsItIs() {
    String original = copies.snapshot("as of 2025");
    RotationPlan plan = planner(original).plan();
    world.aws.ec2().denyKey(world.newKey);

    RotationReport report = run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("error").contains("not accessible");
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.ec2().snapshots()).containsOnlyKeys(original);
  }

  /** Whoever copies the copy may have EC2 take over its tags, the run's among them. */
  @Test
  void rollBack_leavesWhatSomebodyMadeWithTheTagsOfTheCopy() {
    String original = copies.snapshot("as of 2025");
    RotationPlan plan = planner(original).plan();
    RotationReport stopped =
        world
            .runner()
            .with(world.application.undecided().build())
            .approval(
                Approvals.before(
                    Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test")))
            .build()
            .run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    String copy =
        world.aws.ec2().snapshots().keySet().stream()
            .filter(id -> !id.equals(original))
            .findFirst()
            .orElseThrow();
    List<Tag> tags =
        world.ec2.describeSnapshots(r -> r.snapshotIds(copy)).snapshots().get(0).tags();
    String other = copies.snapshot("of somebody else");
    world.ec2.createTags(r -> r.resources(other).tags(tags));

    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);

    assertThat(world.aws.ec2().snapshots()).containsOnlyKeys(original, other);
  }

  @Test
  void image_isCopiedWithAllThatItHas_andTheOriginalGoesWithItsSnapshots() {
    String original = copies.image();
    Image before = copies.onlyImage();
    RotationPlan plan = planner(original).plan();
    assertThat(warnings(plan)).contains("another name", ImageWorld.ACCOUNT, "Auto Scaling");

    RotationReport report = run(plan).requireComplete();

    Image copy = copies.onlyImage();
    assertThat(copy.imageId()).isNotEqualTo(original);
    assertThat(copy.name()).isEqualTo("orders (v1) " + plan.runId());
    assertThat(copy.description()).isEqualTo("Order service, as of 2025");
    assertThat(copy.architectureAsString()).isEqualTo("arm64");
    assertThat(copy.bootMode()).isEqualTo(BootModeValues.UEFI);
    assertThat(copy.tpmSupportAsString()).isEqualTo("v2.0");
    assertThat(copy.imdsSupportAsString()).isEqualTo("v2.0");
    assertThat(copy.sriovNetSupport()).isEqualTo("simple");
    assertThat(copy.enaSupport()).isTrue();
    assertThat(copy.rootDeviceName()).isEqualTo("/dev/sda1");
    assertThat(copy.deprecationTime()).isEqualTo(before.deprecationTime());
    assertThat(copy.tags()).containsExactly(EbsWorld.tag("release", "4.2 beta"));
    assertThat(
            world
                .ec2
                .describeImageAttribute(
                    r -> r.imageId(copy.imageId()).attribute(ImageAttributeName.UEFI_DATA))
                .uefiData()
                .value())
        .isEqualTo("QU1aTlVFRkk=");
    assertThat(
            world
                .ec2
                .describeImageAttribute(
                    r -> r.imageId(copy.imageId()).attribute(ImageAttributeName.LAUNCH_PERMISSION))
                .launchPermissions())
        .singleElement()
        .satisfies(p -> assertThat(p.userId()).isEqualTo(ImageWorld.ACCOUNT));
    assertThat(copy.blockDeviceMappings())
        .extracting(m -> settings(m.ebs()))
        .containsExactly("9 gp3 4000 300 false", "6 io2 700 null true");
    assertThat(world.aws.ec2().snapshots()).containsOnlyKeys(ImageWorld.snapshots(copy).values());
    for (String snapshotId : ImageWorld.snapshots(copy).values()) {
      assertThat(copies.describe(snapshotId).kmsKeyId()).isEqualTo(world.newKey);
      assertThat(copies.describe(snapshotId).tags()).hasSize(2);
      assertThat(world.read(snapshotId, 6)).isEqualTo("orders|orders");
    }
    assertThat(report.toString()).contains(copy.imageId());
  }

  private static String settings(EbsBlockDevice ebs) {
    return ebs.volumeSize()
        + " "
        + ebs.volumeTypeAsString()
        + " "
        + ebs.iops()
        + " "
        + ebs.throughput()
        + " "
        + ebs.deleteOnTermination();
  }

  @Test
  void image_thatALaunchTemplateNames_isNotDeregistered_untilItNamesTheCopy() {
    String original = copies.image();
    world.ec2.createLaunchTemplate(
        r -> r.launchTemplateName("orders").launchTemplateData(d -> d.imageId(original)));
    RotationPlan plan = planner(original).plan();
    assertThat(warnings(plan))
        .contains("orders", "names the AMI in version 1, the default, the latest");

    RotationReport report = run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("orders").contains("version 1");
    String copy =
        world.ec2.describeImages(r -> r.owners("self")).images().stream()
            .map(Image::imageId)
            .filter(id -> !id.equals(original))
            .findFirst()
            .orElseThrow();
    assertThat(report.toString()).contains(copy);
    world.ec2.createLaunchTemplateVersion(
        r -> r.launchTemplateName("orders").launchTemplateData(d -> d.imageId(copy)));
    world.ec2.modifyLaunchTemplate(r -> r.launchTemplateName("orders").defaultVersion("2"));

    RotationReport resumed =
        world.approving(world.application.undecided().build()).resume(plan.runId());

    assertThat(resumed.status()).as(resumed.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(resumed.toString()).contains("names the AMI in version 1.");
    assertThat(copies.onlyImage().imageId()).isEqualTo(copy);
  }

  @Test
  void launchTemplate_thatNamesAParameter_isToldOf() {
    String original = copies.image();
    world.ec2.createLaunchTemplate(
        r ->
            r.launchTemplateName("orders")
                .launchTemplateData(d -> d.imageId("resolve:ssm:/golden/ami")));

    assertThat(warnings(planner(original).plan()))
        .contains("names resolve:ssm:/golden/ami, which may be the AMI, in version 1");
  }

  @Test
  void snapshot_thatALaunchTemplateNames_isNotDeleted_untilItNamesTheCopy() {
    String original = copies.snapshot("orders");
    world.ec2.createLaunchTemplate(
        r -> r.launchTemplateName("orders").launchTemplateData(disk(original)));
    RotationPlan plan = planner(original).plan();
    assertThat(warnings(plan))
        .contains("orders", "names the snapshot in version 1, the default, the latest");

    RotationReport report = run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    String copy =
        world.aws.ec2().snapshots().keySet().stream()
            .filter(id -> !id.equals(original))
            .findFirst()
            .orElseThrow();
    assertThat(report.toString()).contains("make a version with " + copy);
    world.ec2.createLaunchTemplateVersion(
        r -> r.launchTemplateName("orders").launchTemplateData(disk(copy)));
    world.ec2.modifyLaunchTemplate(r -> r.launchTemplateName("orders").defaultVersion("2"));

    world.approving(world.application.undecided().build()).resume(plan.runId()).requireComplete();
    assertThat(world.aws.ec2().snapshots()).containsOnlyKeys(copy);
  }

  private static RequestLaunchTemplateData disk(String snapshotId) {
    return RequestLaunchTemplateData.builder()
        .blockDeviceMappings(
            LaunchTemplateBlockDeviceMappingRequest.builder()
                .deviceName(EbsWorld.DATA)
                .ebs(e -> e.snapshotId(snapshotId))
                .build())
        .build();
  }

  @Test
  void plan_whileAsManyCopiesAreUnderWayAsThereCanBe_saysThatItWaits() {
    String original = copies.snapshot("orders");
    for (int n = 0; n < 20; n++) {
      world.ec2.copySnapshot(
          r ->
              r.sourceSnapshotId(original)
                  .sourceRegion(world.aws.region())
                  .destinationRegion(world.aws.region()));
    }

    RotationPlan plan = planner(original).plan();

    assertThat(warnings(plan)).contains("20 copies of snapshots are under way");
    run(plan).requireComplete();
  }

  @Test
  void image_whoseSnapshotAnotherAmiNames_leavesThatSnapshot_andSaysSo() {
    String original = copies.image();
    String shared = ImageWorld.snapshots(copies.onlyImage()).getOrDefault("/dev/sda1", "");
    String other =
        world
            .ec2
            .registerImage(
                r ->
                    r.name("other")
                        .rootDeviceName("/dev/sda1")
                        .blockDeviceMappings(EbsWorld.disk("/dev/sda1", e -> e.snapshotId(shared))))
            .imageId();

    RotationReport report = run(planner(original).plan()).requireComplete();

    assertThat(world.aws.ec2().snapshots()).containsKey(shared).hasSize(3);
    assertThat(report.toString()).contains("named by " + other);
  }

  @Test
  void image_thatAnAutoScalingGroupsInstancesRunFrom_isToldWithTheGroup() {
    String original = copies.image();
    String instance =
        world.instance(
            r -> r.imageId(original).instanceType("m7g.large").blockDeviceMappings(List.of()));
    world.group(instance, "orders-group");

    assertThat(warnings(planner(original).plan()))
        .contains("The Auto Scaling group orders-group has instances", instance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snap-0123456789abcdef0", "ami-0123456789abcdef0"})
  void plan_ofWhatIsNotThere_saysWhereToLook(String id) {
    assertThat(problems(planner(id))).contains("has no such", "eu-central-1");
  }

  @Test
  void plan_ofASnapshotThatIsPending_isRefused() {
    String volume = world.volume(r -> {});
    String pending = world.ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();

    assertThat(problems(planner(pending))).contains("pending", "completed");
  }

  @Test
  void plan_ofASnapshotUnderTheKey_saysThatThereIsNothingToDo() {
    String original = copies.snapshot("as of 2025");
    run(planner(original).plan()).requireComplete();

    assertThat(problems(planner(copies.onlySnapshot().snapshotId())))
        .contains("already", "nothing to do");
  }

  @Test
  void plan_ofAPublicImage_isRefused() {
    String volume = world.volume(r -> r.encrypted(false).kmsKeyId(null));
    String snapshot = world.ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    world.settle();
    String image =
        world
            .ec2
            .registerImage(
                r ->
                    r.name("public")
                        .rootDeviceName("/dev/sda1")
                        .blockDeviceMappings(
                            EbsWorld.disk("/dev/sda1", e -> e.snapshotId(snapshot))))
            .imageId();
    world.ec2.modifyImageAttribute(
        r ->
            r.imageId(image)
                .launchPermission(p -> p.add(LaunchPermission.builder().group("all").build())));

    assertThat(problems(planner(image))).contains("is public");
  }

  @Test
  void plan_ofAnImageOfAnother_isRefused() {
    assertThat(problems(planner(world.aws.ec2().ebsImage("x86_64")))).contains("another account");
  }

  @Test
  void plan_ofASnapshotThatAnotherRunCopies_isRefused() {
    String original = copies.snapshot("as of 2025");
    RotationPlan first = planner(original).plan();
    world.runner().with(world.application.undecided().build()).build().run(first);

    assertThat(problems(planner(original))).contains("Run " + first.runId(), "under way");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 14, 20, 2895})
  void completionDuration_outOfRange_isRefused(long minutes) {
    List<Duration> given = List.of(Duration.ofMinutes(minutes));

    assertThatThrownBy(() -> EbsOptions.builder().completionDuration(given.get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps of 15 minutes");
  }
}
