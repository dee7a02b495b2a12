package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** What people and AWS do meanwhile breaks no promise. */
class EbsSafetyTest {

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private EbsWorld world;
  private String instance = "";
  private String root = "";

  @BeforeEach
  void start() {
    world = new EbsWorld(directory);
    instance = world.instance(r -> {});
    root = world.at(instance, EbsWorld.ROOT);
    world.write(root, "system");
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationReport runUpTo(Phase... approved) {
    Approvals approvals =
        approved.length == 0
            ? Approvals.before(Phase.CUTOVER, request -> Approval.later())
            : Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test"));
    RotationPlan plan = world.planner(instance).plan();
    RotationReport report = world.runner().approval(approvals).build().run(plan);
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    return report;
  }

  private RotationReport rollBack(RotationReport run) {
    RotationReport report = world.runner().build().rollBack(run.runId());
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    return report;
  }

  private void assertOriginalServes() {
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, root));
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
    assertThat(world.read(root, 6)).isEqualTo("system|system");
  }

  private String newVolume() {
    return world.aws.ec2().volumes().keySet().stream()
        .filter(id -> !id.equals(root))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void rotation_whenEbsMayNotUseTheNewKey_saysSo_andIsRolledBack() {
    world.aws.ec2().denyKey(world.newKey);
    RotationPlan plan = world.planner(instance).plan();

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("is not there").contains("may not use the new key");
    rollBack(report);
    assertOriginalServes();
    assertThat(world.aws.ec2().volumes()).hasSize(1);
    assertThat(world.aws.ec2().snapshots()).isEmpty();
  }

  @Test
  void rotation_whoseVolumeVanished_isResumedOnceTheKeyIsMended() {
    RotationPlan plan = world.planner(instance).plan();
    world.kms.disableKey(r -> r.keyId(world.newKey));
    RotationReport report = world.approving().run(plan);
    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    world.kms.enableKey(r -> r.keyId(world.newKey));

    world.approving().resume(plan.runId()).requireComplete();

    assertThat(world.aws.ec2().volumes()).hasSize(1);
    assertThat(world.describe(world.at(instance, EbsWorld.ROOT)).kmsKeyId())
        .isEqualTo(world.newKey);
  }

  @Test
  void rotation_whenTheOldKeyCannotBeUsed_isBlocked_andKeepsTheOriginal() {
    RotationPlan plan = world.planner(instance).plan();
    world.aws.ec2().denyKey(world.oldKey);

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("'create-volume-for").contains("or the snapshot's");
    assertThat(world.aws.ec2().volumes()).containsKey(root);
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, root));
  }

  @Test
  void rotation_whoseSnapshotNeverEnds_stopsAndAsks_andTheOriginalIsBackBeforeTidyingUp() {
    world.aws.ec2().neverFinish("CreateSnapshot");
    EbsOptions options = world.application.stopping().patience(Duration.ofHours(2)).build();
    RotationPlan plan = world.planner(instance).with(options).plan();

    RotationReport report = world.approving(options).run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("Waited 2 hours").contains("99%");
    RotationReport back = world.runner().with(options).build().rollBack(plan.runId());
    assertThat(back.status()).isEqualTo(RunStatus.BLOCKED); // the snapshot cannot be deleted yet
    assertOriginalServes();
  }

  @Test
  void cutover_whenSomebodyStartedTheInstanceMeanwhile_leavesTheOriginalAttached() {
    RotationReport run = runUpTo();
    world.start(instance);
    world.write(root, "system"); // may be anything that no snapshot has
    world.stop(instance);

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("somebody started it");
    rollBack(report);
    assertOriginalServes();
  }

  @Test
  void cutover_whenTheNewVolumeIsGone_leavesTheOriginalAttached() {
    RotationReport run = runUpTo();
    world.ec2.deleteVolume(r -> r.volumeId(newVolume()));
    world.settle();

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, root));
    rollBack(report);
    assertOriginalServes();
  }

  @Test
  void cutover_whenTheNewKeyWasDisabled_leavesTheOriginalAttached() {
    RotationReport run = runUpTo();
    world.kms.disableKey(r -> r.keyId(world.newKey));

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("Disabled");
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, root));
    rollBack(report);
    assertOriginalServes();
  }

  @Test
  void cutover_whenTheOriginalWasChangedMeanwhile_namesTheDifference() {
    RotationReport run = runUpTo();
    world.ec2.createTags(r -> r.resources(root).tags(EbsWorld.tag("owner", "orders")));

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("Tags").contains("owner=orders");
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, root));
  }

  @Test
  void cutover_whenEbsMayNotUseTheKeyAnyMore_saysWhichDeviceIsEmpty_andIsRolledBack() {
    RotationReport run = runUpTo();
    world.aws.ec2().denyKey(world.newKey);

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(EbsWorld.ROOT).contains(instance).contains("is empty");
    rollBack(report);
    assertOriginalServes();
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(root);
  }

  @Test
  void cutover_whenTheDeviceIsTakenMeanwhile_saysWhichDevice_andTouchesNothingElse() {
    RotationReport run = runUpTo();
    String other = world.volume(r -> {});
    world
        .aws
        .faults()
        .on("AttachVolume")
        .dropBefore(
            () ->
                world.ec2.attachVolume(
                    r -> r.volumeId(other).instanceId(instance).device(EbsWorld.ROOT)));

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(EbsWorld.ROOT).contains(root).contains("in use");
    world.ec2.detachVolume(r -> r.volumeId(other));
    world.settle();
    rollBack(report);
    assertOriginalServes();
  }

  @Test
  void retire_whenTheNewVolumeIsNotAttachedAnyMore_doesNotDeleteTheOriginal() {
    RotationReport run = runUpTo(Phase.CUTOVER);
    world.stop(instance);
    world.ec2.detachVolume(r -> r.volumeId(newVolume()));
    world.settle();

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.aws.ec2().volumes()).containsEntry(root, "available");
  }

  @Test
  void retire_whenSomebodyUsesTheOriginal_doesNotDeleteIt() {
    RotationReport run = runUpTo(Phase.CUTOVER);
    world.attach(root, instance, EbsWorld.DATA);

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("is attached to " + instance);
    assertThat(world.aws.ec2().volumes()).containsKey(root);
  }

  @Test
  void retire_whenTheSnapshotIsGone_doesNotDeleteTheOriginal() {
    RotationReport run = runUpTo(Phase.CUTOVER);
    String snapshot = world.aws.ec2().snapshots().keySet().iterator().next();
    world.ec2.deleteSnapshot(r -> r.snapshotId(snapshot));
    world.settle();

    RotationReport report = world.approving().resume(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(snapshot);
    assertThat(world.aws.ec2().volumes()).containsEntry(root, "available");
  }

  @Test
  void rollBack_whenTheOriginalIsGone_leavesTheNewVolumeAttached() {
    RotationReport run = runUpTo(Phase.CUTOVER);
    String replacement = newVolume();
    world.ec2.deleteVolume(r -> r.volumeId(root));
    world.settle();

    RotationReport report = world.runner().build().rollBack(run.runId());

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, replacement));
  }

  @Test
  void observing_whenSomebodyUsesTheOriginal_asksForNoApproval() {
    String data = world.volume(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    RotationPlan plan = world.planner(data).plan();
    RotationListener meddling =
        new RotationListener() {
          @Override
          public void onStepDone(RotationPlan of, StepDescription step, StepOutcome.Done outcome) {
            if (step.id().equals("start-instance")) {
              world.attach(data, instance, "/dev/sdz");
            }
          }
        };

    RotationReport report =
        world
            .runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(meddling)
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("'observe'").contains(data + " is attached");
  }

  @Test
  void run_ofAVolumeThatIsElsewhereByNow_doesNotStopTheInstance() {
    String data = world.volume(r -> {});
    world.attach(data, instance, EbsWorld.DATA);
    RotationPlan plan = world.planner(data).plan();
    world.ec2.detachVolume(r -> r.volumeId(data));
    world.settle();
    world.attach(data, instance, "/dev/sdg");
    world.aws.calls().clear();

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("/dev/sdg").contains("/dev/sdf");
    assertThat(world.aws.calls().mutating()).isEmpty();
    rollBack(report);
  }

  @Test
  void run_whenAnotherRunThatSharesNoJournalIsUnderWay_doesNothing() {
    RotationPlan second = world.planner(instance).plan();
    RotationReport first = runUpTo();

    RotationRunner.Builder somebodyElse = world.runner().journal(FileJournal.in(elsewhere));
    RotationReport report =
        somebodyElse.approval(Approvals.approveEveryPhaseIncludingDeletion()).build().run(second);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("Run " + first.runId());
    assertThat(somebodyElse.build().rollBack(second.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "stopped"));
    rollBack(first);
    assertOriginalServes();
  }

  @Test
  void run_ofAStoppedInstanceThatRunsByNow_doesNothing() {
    world.stop(instance);
    RotationPlan plan = world.planner(instance).plan();
    world.start(instance);
    world.aws.calls().clear();

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("it was stopped when the plan was made");
    assertThat(world.aws.calls().mutating()).isEmpty();
  }

  @Test
  void run_ofAnUnattachedVolumeThatIsAttachedByNow_doesNothing() {
    String volume = world.volume(r -> {});
    RotationPlan plan = world.planner(volume).plan();
    world.attach(volume, instance, EbsWorld.DATA);
    world.aws.calls().clear();

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("it was unattached when");
    assertThat(world.aws.calls().mutating()).isEmpty();
  }

  /** As a backup does that copies the tags of the volume that it is of. */
  private String snapshotWithTagsOf(String volume) {
    String id =
        world
            .ec2
            .createSnapshot(
                r ->
                    r.volumeId(volume)
                        .tagSpecifications(
                            TagSpecification.builder()
                                .resourceType("snapshot")
                                .tags(world.describe(volume).tags())
                                .build()))
            .snapshotId();
    world.settle();
    return id;
  }

  @Test
  void rollBack_leavesABackupOfTheNewVolume_thatHasTheRunsTagFromIt() {
    RotationReport run = runUpTo(Phase.CUTOVER);
    String backup = snapshotWithTagsOf(newVolume());

    rollBack(run);

    assertOriginalServes();
    assertThat(world.aws.ec2().snapshots()).containsKey(backup);
  }

  @Test
  void deletingFinalSnapshots_leavesABackupOfTheNewVolume_thatHasTheRunsTagFromIt() {
    EbsOptions options = world.application.stopping().deleteFinalSnapshots().build();
    RotationPlan plan = world.planner(instance).with(options).plan();
    RotationRunner untilRetire =
        world
            .runner()
            .with(options)
            .approval(
                Approvals.before(
                    Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test")))
            .build();
    assertThat(untilRetire.run(plan).status()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    String backup = snapshotWithTagsOf(newVolume());

    world.approving(options).resume(plan.runId()).requireComplete();

    assertThat(world.aws.ec2().snapshots()).containsOnlyKeys(backup);
  }
}
