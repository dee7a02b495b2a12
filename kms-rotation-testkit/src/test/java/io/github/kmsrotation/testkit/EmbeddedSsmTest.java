package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.SsmException;

/** Commands run on instances, which see their volumes. */
class EmbeddedSsmTest extends Ec2Fixture {

  private final SsmClient ssm = Clients.of(SsmClient.builder(), aws);

  @AfterEach
  void closeClient() {
    ssm.close();
  }

  private String managed() {
    return instance(r -> r.iamInstanceProfile(p -> p.name("ssm")));
  }

  private String send(String instance, String script, String... timeout) {
    return ssm.sendCommand(
            r ->
                r.instanceIds(instance)
                    .documentName("AWS-RunShellScript")
                    .comment("a test")
                    .parameters(
                        timeout.length == 0
                            ? Map.of("commands", List.of(script))
                            : Map.of(
                                "commands",
                                List.of(script),
                                "executionTimeout",
                                List.of(timeout[0]))))
        .command()
        .commandId();
  }

  private GetCommandInvocationResponse get(String instance, String command) {
    return ssm.getCommandInvocation(r -> r.commandId(command).instanceId(instance));
  }

  private GetCommandInvocationResponse run(String instance, String script) {
    String command = send(instance, script);
    pass(Duration.ofSeconds(5));
    GetCommandInvocationResponse seen = get(instance, command);
    for (int i = 0; i < 100 && seen.statusAsString().equals("InProgress"); i++) {
      seen = get(instance, command);
    }
    return seen;
  }

  private void assumeDevices() {
    assumeTrue(
        aws.ssm().obstacleToDevices().isEmpty(),
        () -> "no devices on instances here: " + aws.ssm().obstacleToDevices().orElse(""));
  }

  private static void assertRefusedBySsm(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SsmException.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  @Test
  void sendCommand_runsTheScript_andTellsHowItEnded() {
    String instance = managed();

    GetCommandInvocationResponse well = run(instance, "echo out; echo err >&2");
    GetCommandInvocationResponse ill = run(instance, "echo half; exit 7");

    assertThat(well.statusAsString()).isEqualTo("Success");
    assertThat(well.standardOutputContent()).isEqualTo("out\n");
    assertThat(well.standardErrorContent()).isEqualTo("err\n");
    assertThat(well.responseCode()).isZero();
    assertThat(well.comment()).isEqualTo("a test");
    assertThat(ill.statusAsString()).isEqualTo("Failed");
    assertThat(ill.responseCode()).isEqualTo(7);
    assertThat(ill.standardOutputContent()).isEqualTo("half\n");
    assertThat(ssm.listCommandInvocations(r -> r.instanceId(instance)).commandInvocations())
        .extracting(i -> i.statusAsString())
        .containsExactly("Failed", "Success");
    assertThat(ssm.listCommands().commands()).hasSize(2);
  }

  @Test
  void getCommandInvocation_rightAfterSending_findsNothing() {
    String instance = managed();
    String command = send(instance, "true");

    assertRefusedBySsm("InvocationDoesNotExist", () -> get(instance, command));
    pass(Duration.ofSeconds(1));
    assertThat(get(instance, command).statusAsString()).isEqualTo("Pending");
  }

  @Test
  void getCommandInvocation_cutsTheOutput() {
    String instance = managed();

    GetCommandInvocationResponse seen =
        run(instance, "i=0; while [ $i -lt 3000 ]; do echo 123456789; i=$((i+1)); done");

    assertThat(seen.standardOutputContent()).hasSize(24_000).endsWith("---Output truncated---");
  }

  @Test
  void sendCommand_toWhatHasNoAgentOnline_isRefused() {
    String unmanaged = instance(r -> {});
    String stopped = managed();
    stop(stopped);
    String lost = managed();
    aws.ssm().disconnect(lost);

    assertRefusedBySsm("InvalidInstanceId", () -> send(unmanaged, "true"));
    assertRefusedBySsm("InvalidInstanceId", () -> send(stopped, "true"));
    assertRefusedBySsm("InvalidInstanceId", () -> send(lost, "true"));
    assertRefusedBySsm("InvalidInstanceId", () -> send("i-0123456789abcdef0", "true"));
    assertThat(ssm.describeInstanceInformation().instanceInformationList())
        .extracting(i -> i.instanceId() + " " + i.pingStatusAsString())
        .containsExactlyInAnyOrder(stopped + " ConnectionLost", lost + " ConnectionLost");
  }

  @Test
  void sendCommand_ofWhatTheDocumentDoesNotTake_isRefused() {
    String instance = managed();

    assertRefusedBySsm(
        "InvalidDocument",
        () -> ssm.sendCommand(r -> r.instanceIds(instance).documentName("NoSuchDocument")));
    assertRefusedBySsm(
        "InvalidParameters",
        () -> ssm.sendCommand(r -> r.instanceIds(instance).documentName("AWS-RunShellScript")));
    assertRefusedBySsm("InvalidParameters", () -> send(instance, "true", "172801"));
    assertRefusedBySsm(
        "DuplicateInstanceId",
        () ->
            ssm.sendCommand(
                r -> r.instanceIds(instance, instance).documentName("AWS-RunShellScript")));
    assertRefusedBySsm("NotModelled", () -> send(instance, "echo {{ssm:secret}}"));
  }

  @Test
  void command_thatTakesTooLong_timesOut() {
    String instance = managed();
    String command = send(instance, "echo begun; sleep 600", "60");
    pass(Duration.ofSeconds(5));
    assertThat(get(instance, command).statusAsString()).isEqualTo("InProgress");

    pass(Duration.ofSeconds(60));

    GetCommandInvocationResponse seen = get(instance, command);
    assertThat(seen.statusAsString()).isEqualTo("TimedOut");
    assertThat(seen.statusDetails()).isEqualTo("ExecutionTimedOut");
    assertThat(seen.standardOutputContent()).isEqualTo("begun\n");
  }

  @Test
  void command_thatIsNotFetchedInTime_timesOut() {
    String instance = managed();
    String command = send(instance, "true", "60");
    aws.ssm().disconnect(instance);

    pass(Duration.ofHours(2));

    assertThat(get(instance, command).statusDetails()).isEqualTo("DeliveryTimedOut");
  }

  @Test
  void cancelCommand_endsTheScript() {
    String instance = managed();
    String command = send(instance, "sleep 600");
    pass(Duration.ofSeconds(5));

    ssm.cancelCommand(r -> r.commandId(command));

    assertThat(get(instance, command).statusAsString()).isEqualTo("Cancelled");
    assertRefusedBySsm(
        "InvalidCommandId",
        () -> ssm.cancelCommand(r -> r.commandId("00000000-0000-0000-0000-000000000000")));
  }

  @Test
  void script_seesVolumesAsDevices_whoseBytesAreTheVolumes() {
    assumeDevices();
    String instance = managed();
    String volume = volume(r -> r.size(1));
    attach(volume, instance, "/dev/sdf");

    GetCommandInvocationResponse seen =
        run(
            instance,
            "d=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_"
                + volume.replace("-", "")
                + "; readlink -f $d; blockdev --getsize64 $d; printf orders | dd of=$d conv=fsync");

    assertThat(seen.standardOutputContent()).isEqualTo("/dev/nvme1n1\n1073741824\n");
    assertThat(read(volume, 6)).isEqualTo("orders");
    String snapshot = ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    settle();
    assertThat(read(snapshot, 6)).isEqualTo("orders");
  }

  @Test
  void script_onXen_seesVolumesByTheirDeviceNames() {
    assumeDevices();
    String instance =
        instance(r -> r.instanceType("m3.medium").iamInstanceProfile(p -> p.name("ssm")));
    String volume = volume(r -> r.size(1));
    attach(volume, instance, "/dev/sdf");

    assertThat(run(instance, "ls -d /dev/xvd*").standardOutputContent())
        .isEqualTo("/dev/xvda\n/dev/xvdf\n");
  }

  @Test
  void volume_thatIsMounted_isBusyUntilItIsUnmounted() {
    assumeDevices();
    String instance = managed();
    String volume = volume(r -> r.size(1));
    attach(volume, instance, "/dev/sdf");
    run(instance, "mkfs.ext4 -q /dev/nvme1n1 && mkdir /data && mount /dev/nvme1n1 /data");

    ec2.detachVolume(r -> r.volumeId(volume));
    settle();
    assertThat(describe(volume).attachments().get(0).stateAsString()).isEqualTo("busy");

    run(instance, "umount /data");
    settle();
    assertThat(describe(volume).stateAsString()).isEqualTo("available");
    assertThat(run(instance, "ls /dev/nvme1n1").statusAsString()).isEqualTo("Failed");
  }

  @Test
  void instance_thatIsStarted_mountsItsFileSystemTable() {
    assumeDevices();
    String instance = managed();
    String volume = volume(r -> r.size(1));
    attach(volume, instance, "/dev/sdf");
    run(
        instance,
        "mkfs.ext4 -q /dev/nvme1n1 && mkdir /data && mount /dev/nvme1n1 /data && echo kept"
            + " >/data/file && echo \"UUID=$(blkid -o value -s UUID /dev/nvme1n1) /data ext4"
            + " defaults 0 2\" >>/etc/fstab; sleep 600 & touch /run/gone");
    stop(instance);
    ec2.startInstances(r -> r.instanceIds(instance));
    settle();

    GetCommandInvocationResponse seen = run(instance, "cat /data/file; ls /run/gone");

    assertThat(seen.standardOutputContent()).isEqualTo("kept\n");
    assertThat(run(instance, "pgrep sleep").statusAsString()).isEqualTo("Failed");
  }

  @Test
  void instance_cannotReachTheHost(@TempDir Path directory) throws Exception {
    assumeDevices();
    String instance = managed();
    String fstab = Files.readString(Path.of("/etc/fstab"));
    Path ofTheHost = Files.createFile(directory.resolve("a-file-of-the-host"));

    run(
        instance,
        "echo harm >>/etc/fstab; mount -t tmpfs none /mnt; touch /usr/harm; rm -f " + ofTheHost);

    assertThat(ofTheHost).exists();

    assertThat(Files.readString(Path.of("/etc/fstab"))).isEqualTo(fstab);
    assertThat(Path.of("/usr/harm")).doesNotExist();
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(" /mnt tmpfs");
  }

  @Test
  void close_leavesNeitherMountsNorLoopDevices() throws Exception {
    assumeDevices();
    String instance = managed();
    String volume = volume(r -> r.size(1));
    attach(volume, instance, "/dev/sdf");
    run(instance, "mkfs.ext4 -q /dev/nvme1n1 && mount /dev/nvme1n1 /mnt && sleep 600 &");

    aws.close();

    try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
      for (Path device : devices.toList()) {
        Path file = device.resolve("loop").resolve("backing_file");
        if (Files.exists(file)) {
          assertThat(Files.readString(file).strip())
              .as("others may have theirs, whose file is there")
              .doesNotMatch(".*embedded-aws-ec2.* \\(deleted\\)");
        }
      }
    }
  }
}
