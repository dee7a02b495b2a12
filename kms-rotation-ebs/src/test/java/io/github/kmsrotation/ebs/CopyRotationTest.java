package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A data volume is copied by the operating system, and the copy takes its place. */
class CopyRotationTest {

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

  private RotationReport rotate(EbsOptions options) {
    RotationPlan plan = copy.plan(options);
    return copy.approving(options).run(plan).requireComplete();
  }

  private void assertRotated(String mountPoint, String listing) {
    assertThat(copy.world.aws.ec2().volumes()).doesNotContainKey(copy.original);
    String replacement = copy.mountedAt(mountPoint);
    assertThat(copy.world.describe(replacement).kmsKeyId()).isEqualTo(copy.world.newKey);
    assertThat(copy.world.describe(replacement).tags())
        .extracting(tag -> tag.key() + "=" + tag.value())
        .containsExactly("purpose=orders");
    assertThat(copy.listing(mountPoint)).isEqualTo(listing);
    assertThat(copy.world.aws.ec2().instances()).containsEntry(copy.instance, "running");
    assertThat(copy.guest("ls /var/lib; ls /run")).doesNotContain("kms-rotation");
  }

  @ParameterizedTest
  @CsvSource({"ext4,/data", "xfs,/data"})
  void dataVolume_isCopied_andMountedInItsPlace(String kind, String mountPoint) {
    copy.fill(kind, mountPoint);
    String listing = copy.listing(mountPoint);

    RotationReport report = rotate(copy.copying().build());

    assertRotated(mountPoint, listing);
    assertThat(report.toString()).contains("SHA-256 of the manifest");
    assertThat(copy.guest("grep -c . /etc/fstab; grep ours /etc/fstab"))
        .startsWith("1\nUUID=")
        .contains("\t" + mountPoint + "\t" + kind + "  noatime,nofail 0 2 # ours");
    assertThat(copy.guest("grep ' " + mountPoint + " ' /proc/mounts")).contains("noatime", "rw");
    assertThat(copy.guest("blkid -o value -s LABEL $(readlink -f /dev/nvme2n1)").strip())
        .isEqualTo("data");
  }

  @Test
  void dataVolume_isMountedAtTheNextStart_too() {
    copy.fill("ext4", "/data");
    String listing = copy.listing("/data");
    rotate(copy.copying().build());

    copy.world.stop(copy.instance);
    copy.world.start(copy.instance);

    assertThat(copy.listing("/data")).isEqualTo(listing);
  }

  @Test
  void oddMountPoint_isTakenAsItIs() {
    String odd = "/mnt/-a 'b' \"c\" $(touch pwned);*\\ \t\nd";
    copy.fill("ext4", odd);
    String listing = copy.listing(odd);

    rotate(copy.copying().build());

    assertRotated(odd, listing);
    assertThat(copy.guest("grep ours /etc/fstab; find / -xdev -name pwned"))
        .startsWith("UUID=")
        .doesNotContain("/pwned");
  }

  /** Java has no text for it, and neither JSON nor SSM would carry it. */
  @Test
  void mountPointThatIsNotUtf8_isTakenAsItIs() {
    copy.fill("ext4", "/data");
    copy.guest(
        "m=$(printf '/mnt/caf\\351'); mkdir \"$m\"; umount /data; mount /dev/nvme1n1 \"$m\";"
            + " sed -i \"s#/data#$m#\" /etc/fstab");

    rotate(copy.copying().build());

    assertThat(
            copy.guest(
                "m=$(printf '/mnt/caf\\351'); cat \"$m/with space/file\"; grep -c \"$m\""
                    + " /etc/fstab; findmnt -n -o SOURCE --mountpoint \"$m\""))
        .isEqualTo("content1\n/dev/nvme2n1\n");
  }

  @Test
  void volumeOfAnInstanceOnXen_isFoundByItsDeviceName() {
    try (CopyWorld xen =
        new CopyWorld(
            directory.resolve("xen"),
            TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")),
            "m3.medium")) {
      xen.fill("ext4", "/data");
      EbsOptions options = xen.copying().build();

      xen.approving(options).run(xen.plan(options)).requireComplete();

      assertThat(xen.guest("cat '/data/with space/file'; findmnt -n -o SOURCE /data"))
          .isEqualTo("content/dev/xvdg\n");
    }
  }

  @Test
  void largerVolume_isMade_ifAskedFor() {
    copy.fill("ext4", "/data");
    String listing = copy.listing("/data");

    rotate(copy.copying().newVolumeSize(3).build());

    assertRotated("/data", listing);
    assertThat(copy.world.describe(copy.mountedAt("/data")).size()).isEqualTo(3);
  }

  @Test
  void writesUntilTheCutover_areInTheCopy_andTheHookIsCalledAroundIt() {
    copy.fill("ext4", "/data");
    EbsOptions options =
        copy.copying()
            .writeFreeze(
                new VolumeFreeze() {
                  @Override
                  public void freeze(AttachedVolume volume) {
                    assertThat(volume.volumeId()).isEqualTo(copy.original);
                    copy.guest("echo late >/data/late; rm /data/hard; echo same >/data/-n");
                  }

                  @Override
                  public void thaw(AttachedVolume volume) {
                    assertThat(copy.mountedAt("/data")).isEqualTo(volume.volumeId());
                    copy.guest("echo served >/data/served");
                  }
                })
            .build();

    rotate(options);

    assertThat(copy.guest("cat /data/late /data/served /data/-n; ls /data"))
        .startsWith("late\nserved\nsame\n")
        .doesNotContain("hard");
  }

  @Test
  void deleteOnTermination_isKept() {
    copy.fill("ext4", "/data");
    copy.world.deleteOnTermination(copy.instance, EbsWorld.DATA, true);

    rotate(copy.copying().build());

    assertThat(copy.world.deletedOnTerminationByVolume(copy.instance))
        .isEqualTo(
            Map.of(
                copy.world.at(copy.instance, EbsWorld.ROOT), true, copy.mountedAt("/data"), true));
  }

  @Test
  void plan_saysWhatHappensToTheInstance() {
    copy.fill("ext4", "/data");

    String plan = copy.plan(copy.copying().build()).describe();

    assertThat(plan)
        .contains("It is mounted at '/data', in /etc/fstab as 'UUID=")
        .contains("Nothing stops what uses the volumes")
        .contains("ssm:SendCommand")
        .contains("attached under other device names");
  }
}
