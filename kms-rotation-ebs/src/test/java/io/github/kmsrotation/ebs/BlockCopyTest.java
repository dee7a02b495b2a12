package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.fault.Faults;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is neither ext4 nor xfs is copied block by block, and takes the original's device. */
class BlockCopyTest {

  private static final String AT = "/data";

  /** How a test, and a hook, tells the one file system that is to be there. */
  private static final String ONLY =
      "only() { set -- /dev/nvme*; for d in \"$@\"; do"
          + " [ \"$(blkid -p -o value -s LABEL $d)\" != data ] || echo $d; done; }; ";

  private static final List<String> CALLS =
      List.of(
          "CreateVolume", // 1
          "AttachVolume",
          "SendCommand", // 3: prepare
          "SendCommand", // copy
          "SendCommand", // 5: synchronise
          "SendCommand", // is it as it was?
          "DetachVolume", // 7: the new one
          "DetachVolume", // the original
          "AttachVolume", // 9
          "DeleteVolume",
          "SendCommand", // 11: tidy
          "DeleteTags");

  @TempDir Path directory;
  private CopyWorld copy;
  private Runnable inTheWindow = () -> {};

  @BeforeEach
  void start() {
    copy = new CopyWorld(directory.resolve("journal"));
    CopyWorld.assumeCapable(copy.world, "ext2");
  }

  @AfterEach
  void close() {
    copy.close();
  }

  /** Unmounts and mounts, as a caller would. */
  private final VolumeFreeze hook =
      new VolumeFreeze() {
        @Override
        public void freeze(AttachedVolume volume) {
          inTheWindow.run();
          unmount();
        }

        @Override
        public void thaw(AttachedVolume volume) {
          mount();
        }
      };

  private void unmount() {
    copy.guest("if mountpoint -q " + AT + "; then umount " + AT + "; fi");
  }

  private void mount() {
    copy.guest(ONLY + "mountpoint -q " + AT + " || mount $(only) " + AT);
  }

  private void fill() {
    copy.guest(
        "mkfs.ext2 -q -L data /dev/nvme1n1; mkdir "
            + AT
            + "; mount /dev/nvme1n1 "
            + AT
            + "; echo orders >/data/orders; head -c 3000000 /dev/urandom >/data/random; sync");
    copy.world.aws.calls().clear();
  }

  private String content() {
    return copy.guest("cd " + AT + "; md5sum orders random; ls | sort");
  }

  private EbsOptions options() {
    return EbsOptions.builder()
        .client(copy.world.ec2)
        .kmsClient(copy.world.kms)
        .copyWith(copy.copier())
        .writeFreeze(hook)
        .build();
  }

  private RotationPlan planned() {
    RotationPlan plan = copy.plan(options());
    copy.world.aws.calls().clear();
    return plan;
  }

  private List<String> awsCalls() {
    return copy.world.aws.calls().mutating().stream()
        .map(Call::operation)
        .filter(operation -> !operation.equals("SendCommand"))
        .toList();
  }

  private void assertRotatedOnce(RotationReport report, String content) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    String replacement = copy.world.at(copy.instance, EbsWorld.DATA);
    assertThat(replacement).isNotEqualTo(copy.original);
    assertThat(copy.world.describe(replacement).kmsKeyId()).isEqualTo(copy.world.newKey);
    assertThat(copy.world.aws.ec2().volumes())
        .containsOnlyKeys(replacement, copy.world.at(copy.instance, EbsWorld.ROOT));
    assertThat(copy.mountedAt(AT)).isEqualTo(replacement);
    assertThat(content()).isEqualTo(content);
    assertThat(copy.guest("ls /var/lib")).doesNotContain("kms-rotation");
  }

  private void assertAsBefore(RotationReport report, String content) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(copy.world.at(copy.instance, EbsWorld.DATA)).isEqualTo(copy.original);
    assertThat(copy.world.aws.ec2().volumes())
        .containsOnlyKeys(copy.original, copy.world.at(copy.instance, EbsWorld.ROOT));
    assertThat(copy.mountedAt(AT)).isEqualTo(copy.original);
    assertThat(content()).isEqualTo(content);
    assertThat(copy.guest("touch /data/x; rm /data/x; ls /var/lib")).doesNotContain("kms-rotation");
  }

  @Test
  void fileSystem_isCopiedWhileItServes_andWritesUntilTheCutoverAreInTheCopy() {
    fill();
    RotationPlan plan = planned();
    assertThat(plan.describe())
        .contains("It holds 'ext2'", "block by block", "It is in use: mounted at /data");
    StringBuilder content = new StringBuilder();

    inTheWindow =
        () -> {
          copy.guest("echo late >>/data/orders; sync");
          content.append(content());
        };

    RotationReport report = copy.approving(options()).run(plan);

    assertRotatedOnce(report, content.toString());
    assertThat(report.toString()).contains("SHA-256 of 1073741824 bytes");
    assertThat(awsCalls())
        .isEqualTo(CALLS.stream().filter(call -> !call.equals("SendCommand")).toList());
  }

  /** One Linux partition from 1 MiB on. */
  private static final String PARTITION_TABLE =
      "printf '\\000\\000\\000\\000\\203\\000\\000\\000\\000\\010\\000\\000\\000\\370\\037\\000'"
          + " | dd of=/dev/nvme1n1 bs=1 seek=446 conv=notrunc;"
          + " printf '\\125\\252' | dd of=/dev/nvme1n1 bs=1 seek=510 conv=notrunc;";

  @Test
  void partitionedDisk_withoutAHook_isCopied_onceNothingHasItOpen() {
    copy.guest(
        "head -c 5000000 /dev/urandom | dd of=/dev/nvme1n1 bs=1M seek=700 conv=notrunc;"
            + PARTITION_TABLE
            + " printf first | dd of=/dev/nvme1n1 conv=notrunc;"
            + " printf last | dd of=/dev/nvme1n1 bs=1 seek=1073741820 conv=notrunc; sync");
    String before = copy.guest("sha256sum </dev/nvme1n1");
    copy.guest("sleep 100000 </dev/nvme1n1 >/dev/null 2>&1 & echo $! >/run/sleep");
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    assertThat(plan.describe()).contains("It holds a partition table");

    RotationReport stopped = copy.approving(options).run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("Something still uses", "open in process");
    copy.guest("kill $(cat /run/sleep)");
    copy.approving(options).resume(plan.runId()).requireComplete();

    assertThat(copy.guest("sha256sum <$(ls /dev/nvme[1-9]n1)")).isEqualTo(before);
    assertThat(copy.guest("blkid -p -o value -s PTTYPE /dev/nvme[1-9]n1").strip()).isEqualTo("dos");
    assertThat(copy.world.at(copy.instance, EbsWorld.DATA)).isNotEqualTo(copy.original);
  }

  @Test
  void partsOfLvm_partsOfRaid_andVolumesOnXen_areRefused() {
    copy.guest(
        "echo " + lvmLabel() + " | base64 -d | dd of=/dev/nvme1n1 bs=512 seek=1 conv=notrunc");
    assertThatThrownBy(() -> copy.plan(options()))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("a part of something else: LVM2_member");

    copy.guest(
        "dd if=/dev/zero of=/dev/nvme1n1 bs=512 seek=1 count=1 conv=notrunc; " + raidSuperblock());
    assertThatThrownBy(() -> copy.plan(options()))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("a part of something else: linux_raid_member");

    try (CopyWorld xen =
        new CopyWorld(
            directory.resolve("xen"),
            TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")),
            "m3.medium")) {
      assertThatThrownBy(() -> xen.plan(xen.copying().build()))
          .isInstanceOf(PlanningException.class)
          .hasMessageContaining("says that it is this volume, as on Xen");
    }
  }

  /** Version 1.2: magic number, version and, at byte 144, the sector that it is at. */
  private static String raidSuperblock() {
    return "printf '\\374\\116\\053\\251\\001' | dd of=/dev/nvme1n1 bs=1 seek=4096 conv=notrunc;"
        + " printf '\\010' | dd of=/dev/nvme1n1 bs=1 seek=$((4096 + 144)) conv=notrunc; sync";
  }

  /** With the checksum that LVM makes of the sector from byte 20 on. */
  private static String lvmLabel() {
    ByteBuffer sector = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    sector.put("LABELONE".getBytes(StandardCharsets.US_ASCII)).putLong(1).putInt(0).putInt(32);
    sector.put("LVM2 001".getBytes(StandardCharsets.US_ASCII));
    sector.put("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
    int crc = 0xf597a6cf;
    for (int i = 20; i < 512; i++) {
      crc ^= sector.get(i) & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
      }
    }
    return Base64.getEncoder().encodeToString(sector.putInt(16, crc).array());
  }

  /** Each takes seconds; all with -Dkmsrotation.everyCall=true. */
  private static IntStream some(int from, int to, int... usually) {
    return Boolean.getBoolean("kmsrotation.everyCall")
        ? IntStream.rangeClosed(from, to)
        : IntStream.of(usually);
  }

  static IntStream lost() {
    return some(3, 11, 7, 9);
  }

  static IntStream refused() {
    return some(2, 9, 3, 5, 6, 8);
  }

  static IntStream last() {
    return some(7, 9, 8);
  }

  @ParameterizedTest
  @MethodSource("lost")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(int n) {
    fill();
    String content = content();
    RotationPlan plan = planned();
    faultAt(n, true);

    RotationReport report = copy.approving(options()).run(plan);

    assertThat(copy.world.aws.faults().fired()).isEqualTo(1);
    assertRotatedOnce(report, content);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void rollBack_whenAwsRefusedTheNthCall_leavesTheOriginalMounted(int n) {
    fill();
    String content = content();
    RotationPlan plan = planned();
    faultAt(n, false);
    assertThat(copy.approving(options()).run(plan).status())
        .isIn(RunStatus.FAILED, RunStatus.BLOCKED);
    assertThat(copy.world.aws.faults().fired()).isEqualTo(1);

    assertAsBefore(rollBack(plan.runId()), content);
  }

  private void faultAt(int n, boolean isLost) {
    int among = (int) CALLS.subList(0, n).stream().filter(CALLS.get(n - 1)::equals).count();
    if (!CALLS.get(n - 1).equals("SendCommand")) {
      Faults.Rule call = copy.world.aws.faults().on(CALLS.get(n - 1)).nth(among);
      if (isLost) {
        call.dropAfter();
      } else {
        call.error("UnauthorizedOperation", 403);
      }
      return;
    }
    // The hook sends a command before the synchronisation, and one after the swap.
    int sent = n < 5 ? among : n < 7 ? among + 1 : among + 2;
    Faults.Rule command = copy.world.aws.faults().on("SendCommand").nth(sent);
    if (isLost) {
      command.dropAfter();
    } else {
      command.error("AccessDeniedException", 400);
    }
  }

  private RotationReport rollBack(RunId run) {
    return copy.world.runner().with(options()).build().rollBack(run);
  }

  @ParameterizedTest
  @MethodSource("last")
  void rollBack_rightAfterTheNthCall_leavesTheOriginalMounted(int n) {
    fill();
    String content = content();
    RotationPlan plan = planned();
    List<String> until =
        CALLS.subList(0, n).stream().filter(call -> !call.equals("SendCommand")).toList();
    RotationRunner interrupted =
        copy.world
            .runner()
            .with(options())
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                duration -> {
                  if (awsCalls().size() >= until.size()) {
                    throw new InterruptedException();
                  }
                  copy.world.aws.clock().sleep(duration);
                })
            .build();
    assertThat(interrupted.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();

    assertAsBefore(rollBack(plan.runId()), content);
  }

  @Test
  void originalThatIsWritableAgain_isNotDetached() {
    fill();
    String content = content();
    RotationPlan plan = planned();
    faultAt(7, false);
    assertThat(copy.approving(options()).run(plan).status())
        .isIn(RunStatus.FAILED, RunStatus.BLOCKED);
    copy.guest("blockdev --setrw /dev/nvme1n1");
    copy.world.aws.calls().clear();

    RotationReport resumed = copy.approving(options()).resume(plan.runId());

    assertThat(resumed.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(resumed.reason()).contains("was writable since it was compared");
    assertThat(awsCalls()).doesNotContain("DetachVolume");
    assertAsBefore(rollBack(plan.runId()), content);
  }

  @Test
  void rollBack_afterTheNewVolumeServed_keepsASnapshotOfWhatWasWritten() {
    fill();
    String content = content();
    RotationPlan plan = planned();
    RotationReport stopped =
        copy.world
            .runner()
            .with(options())
            .approval(
                Approvals.before(
                    Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test")))
            .build()
            .run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    copy.guest("echo written-meanwhile >/data/late; sync");

    RotationReport report = rollBack(plan.runId());

    assertAsBefore(report, content);
    assertThat(copy.world.aws.ec2().snapshots()).hasSize(1);
    assertThat(report.toString()).contains("of a new volume that may have been written to");
  }

  @Test
  void btrfsThatIsMounted_isInUse_thoughItsMountHasANumberOfItsOwn() {
    CopyWorld.assumeCapable(copy.world, "btrfs");
    copy.guest(
        "mkfs.btrfs -q -L data /dev/nvme1n1; mkdir /data; mount /dev/nvme1n1 /data;"
            + " echo orders >/data/orders; head -c 3000 /dev/urandom >/data/random; sync");
    String content = content();
    EbsOptions options = copy.copying().build();
    RotationPlan plan = copy.plan(options);
    assertThat(plan.describe()).contains("It holds 'btrfs'", "It is in use: mounted as btrfs");

    RotationReport stopped = copy.approving(options).run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(stopped.reason()).contains("Something still uses", "mounted as btrfs");
    copy.guest("echo late >/data/late; rm /data/late; umount /data");
    copy.approving(options).resume(plan.runId()).requireComplete();

    copy.guest("mount /dev/nvme[1-9]n1 /data");
    assertThat(content()).isEqualTo(content);
    copy.guest("umount /data");
  }

  @Test
  void btrfsOfSeveralDevices_isRefused() {
    CopyWorld.assumeCapable(copy.world, "btrfs");
    copy.world.attach(copy.world.volume(r -> r.size(1)), copy.instance, "/dev/sdg");
    copy.guest("mkfs.btrfs -q -f /dev/nvme1n1 /dev/nvme2n1");

    assertThatThrownBy(() -> copy.plan(options()))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("a part of something else: btrfs of 2 devices");
  }
}
