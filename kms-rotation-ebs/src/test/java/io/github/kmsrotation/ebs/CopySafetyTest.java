package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be copied is refused when it is planned, or stops with the original as before. */
class CopySafetyTest {

  @TempDir Path directory;
  private CopyWorld copy;

  @BeforeEach
  void start() {
    copy = new CopyWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    copy.close();
  }

  private void assertRefused(String why) {
    assertThatThrownBy(() -> copy.plan(copy.copying().build()))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining(why);
  }

  private RotationReport run(EbsOptions options) {
    return copy.approving(options).run(copy.plan(options));
  }

  private RotationReport rollBack(RotationReport report) {
    return copy.world.runner().with(copy.copying().build()).build().rollBack(report.plan().runId());
  }

  private void assertBlocked(RotationReport report, String why) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(why);
  }

  private void assertServes() {
    assertThat(copy.mountedAt("/data")).isEqualTo(copy.original);
    copy.guest("echo written >/data/written; rm /data/written");
  }

  @Test
  void agentThatIsNotOnline_isRefused() {
    copy.world.aws.ssm().disconnect(copy.instance);

    assertRefused("Its SSM Agent is not online.");
  }

  @Test
  void instanceThatIsStopped_isRefused() {
    copy.world.stop(copy.instance);

    assertRefused("does not run, so nothing can copy on it");
  }

  @Test
  void volumeThatIsNotAttached_isRefused() {
    String unattached = copy.world.volume(r -> {});

    assertThatThrownBy(() -> copy.world.planner(unattached).with(copy.copying().build()).plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("It is not attached to an instance, so nothing can copy it.");
  }

  @Test
  void rootVolume_isRefused() {
    String root = copy.world.at(copy.instance, EbsWorld.ROOT);

    assertThatThrownBy(() -> copy.world.planner(root).with(copy.copying().build()).plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("is the root volume, which cannot be unmounted")
        .hasMessageContaining("stopInstance()");
  }

  @Test
  void smallerVolume_isRefused() {
    copy.fill("ext4", "/data");
    copy.world.ec2.modifyVolume(r -> r.volumeId(copy.original).size(2));
    copy.world.settle();

    assertThatThrownBy(() -> copy.plan(copy.copying().newVolumeSize(1).build()))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("has 2 GiB. newVolumeSize(...) has to be as large at least.");
  }

  @Test
  void fileSystemThatIsUsedInOtherWays_isRefused() {
    copy.fill("ext4", "/data");

    copy.guest("mkdir /data/below; mount -t tmpfs none /data/below");
    assertRefused("below which other file systems are mounted");
    copy.guest("umount /data/below; mount --bind /data /mnt");
    assertRefused("It is mounted at 2 places.");
    copy.guest("umount /mnt; cp /etc/fstab /run/f; sed -i 's/UUID=[^\\t]*/UUID=other/' /etc/fstab");
    assertRefused("where /etc/fstab mounts 'UUID=other', which is another device");
    copy.guest("cp /run/f /etc/fstab; umount /data");
    assertRefused("It is not mounted.");
  }

  @Test
  void missingTool_isRefused() {
    copy.fill("ext4", "/data");
    copy.guest("mount --bind /dev/null /usr/bin/rsync");

    assertRefused("It lacks: rsync.");
  }

  @Test
  void openFile_stopsTheCutover_untilItIsClosed() {
    copy.fill("ext4", "/data");
    copy.guest("setsid sleep 600 >/data/open 2>/dev/null </dev/null & echo $! >/run/pid");
    EbsOptions options = copy.copying().build();

    RotationReport stopped = run(options);

    assertBlocked(stopped, "Something still writes to " + copy.original);
    assertThat(stopped.reason()).contains("(sleep)");
    assertServes();
    copy.guest("kill $(cat /run/pid)");
    copy.approving(options).resume(stopped.plan().runId()).requireComplete();
    assertThat(copy.mountedAt("/data")).isNotEqualTo(copy.original);
  }

  @Test
  void busyMountPoint_stopsTheSwitch_andIsRolledBack() {
    copy.fill("ext4", "/data");
    copy.guest("cd /data; setsid sleep 600 >/dev/null 2>&1 </dev/null &");

    RotationReport stopped = run(copy.copying().build());

    assertBlocked(stopped, "is still in use: ");
    assertThat(copy.mountedAt("/data")).isEqualTo(copy.original);
    assertThat(rollBack(stopped).status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertServes();
  }

  @Test
  void originalThatIsWritableAgainBeforeTheSwitch_isNotSwitched() {
    copy.fill("ext4", "/data");
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    copy.world.aws.faults().onMutating().nth(6).error("AccessDeniedException", 400);
    copy.approving(options).run(plan);
    copy.guest("mount -o remount,rw /data; echo late >/data/late");

    RotationReport stopped = copy.approving(options).resume(plan.runId());

    assertBlocked(stopped, "The original was mounted for writing since it was compared");
    assertThat(rollBack(stopped).status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertServes();
    assertThat(copy.guest("cat /data/late")).isEqualTo("late\n");
  }

  /** Run Command may deliver a command after a later one; it would leave the original read-only. */
  @Test
  void commandThatComesLate_afterTheOriginalWasMadeWritableAgain_isRefused() {
    copy.fill("ext4", "/data");
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    copy.world.aws.faults().onMutating().nth(6).error("AccessDeniedException", 400);
    copy.approving(options).run(plan);
    String synchronisation = commandOf("synchronise");
    copy.world.aws.faults().clear();
    copy.world.aws.faults().onMutating().nth(3).error("UnauthorizedOperation", 403);
    copy.world.runner().with(options).build().rollBack(plan.runId());

    assertThat(copy.tryGuest(synchronisation).standardErrorContent())
        .contains("This run was rolled back: a command of it came late.");

    assertServes();
  }

  /** As an operator would who does not trust the new volume, and forgets the run. */
  @Test
  void originalThatSomebodyPutBackWhileItsDeletionAwaitsApproval_isNotDetached() {
    copy.fill("ext4", "/data");
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    copy.world
        .runner()
        .with(options)
        .approval(
            Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test")))
        .build()
        .run(plan);
    copy.guest("umount /data; mount /dev/nvme1n1 /data");

    RotationReport stopped = copy.approving(options).resume(plan.runId());

    assertBlocked(stopped, "is not mounted in the place of " + copy.original);
    assertThat(copy.world.aws.calls().of("DetachVolume")).isEmpty();
    assertServes();
  }

  private String commandOf(String task) {
    return copy.ssm.listCommandsPaginator().commands().stream()
        .filter(command -> command.comment().contains(" " + task + " "))
        .map(command -> String.join("\n", command.parameters().get("commands")))
        .findFirst()
        .orElseThrow();
  }

  /** The new volume's file system is spoilt, so that it cannot be mounted. */
  @Test
  void newVolumeThatCannotBeMounted_leavesTheOriginalMounted() {
    copy.fill("ext4", "/data");
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    copy.world.aws.faults().onMutating().nth(6).error("AccessDeniedException", 400);
    copy.approving(options).run(plan);
    copy.guest(
        "umount /dev/nvme2n1; dd if=/dev/zero of=/dev/nvme2n1 bs=1M count=4 conv=fsync"
            + " status=none");

    RotationReport stopped = copy.approving(options).resume(plan.runId());

    assertBlocked(stopped, "The original is mounted again, read-only until");
    assertThat(copy.mountedAt("/data")).isEqualTo(copy.original);
    assertThat(rollBack(stopped).status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertServes();
  }

  @Test
  void commandThatTakesTooLong_isToldOf() {
    copy.fill("ext4", "/data");
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    copy.guest(
        "setsid flock /run/kms-rotation-"
            + copy.original
            + ".lock sleep 600 >/dev/null 2>&1 </dev/null &");

    RotationReport stopped =
        copy.world
            .runner()
            .with(options)
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(duration -> copy.world.aws.clock().sleep(duration.multipliedBy(100)))
            .build()
            .run(plan);

    assertBlocked(stopped, "ended as ExecutionTimedOut");
    assertServes();
  }

  @Test
  void deviceNameThatIsTaken_isLeftAlone() {
    copy.fill("ext4", "/data");
    copy.world.attach(copy.world.volume(r -> r.size(1)), copy.instance, "xvdg");
    copy.world.aws.faults().on("AttachVolume").error("InvalidParameterValue", 400);

    run(copy.copying().build()).requireComplete();

    assertThat(copy.world.attached(copy.instance))
        .containsOnlyKeys(EbsWorld.ROOT, "xvdg", "/dev/sdi");
  }

  @Test
  void agentThatIsLostMeanwhile_stopsTheRun() {
    copy.fill("ext4", "/data");
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    copy.world.aws.ssm().disconnect(copy.instance);

    assertBlocked(copy.approving(options).run(plan), "is not online, so that nothing can be done");
  }

  @Test
  void optionsThatContradict_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> copy.copying().stopInstance().build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> copy.copying().deleteFinalSnapshots().build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EbsOptions.builder().newVolumeSize(4).build());
  }
}
