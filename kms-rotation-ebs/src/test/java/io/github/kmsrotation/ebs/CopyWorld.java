package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;

/**
 * An instance with a data volume that holds a file system full of oddities, and what a test does on
 * the instance by itself, past the library.
 */
final class CopyWorld implements AutoCloseable {

  /** Names that a script that quotes badly trips over, and what a copy may lose. */
  private static final String ODDITIES =
      """
      mkdir -p 'with space' -- '-rf' "$(printf 'new\\nline')" '$(touch pwned)' 'a;b' 'quote'"'"'"'
      printf content >'with space/file'
      printf dash >./-n
      printf star >'*'
      printf latin1 >"$(printf 'caf\\351')"
      printf percent >'%s\\040'
      ln 'with space/file' hard
      ln -s 'with space/file' soft
      ln -s /nowhere dangling
      mkfifo pipe
      truncate -s 20M sparse; printf end >>sparse
      touch -d '2001-02-03 04:05:06.789' 'with space/file'
      chown 1234:5678 hard; chmod 4751 hard; chmod 1777 'a;b'
      head -c 3000000 /dev/urandom >random
      if command -v setfattr >/dev/null; then setfattr -n user.note -v kept random; fi
      if command -v setfacl >/dev/null; then setfacl -m u:4321:r random; fi
      """;

  /** A listing of everything, by other means than the library's. */
  private static final String LISTING =
      """
      find . -printf '%P|%y|%m|%U:%G|%n|%l|%TY%Tm%Td%TH%TM%TS\\n' | sort
      find . -type f -exec md5sum {} + | sort
      if command -v getfattr >/dev/null; then find . -print0 | sort -z | xargs -0 getfattr -h -d -m - --; fi
      if command -v getfacl >/dev/null; then find . ! -type l -print0 | sort -z | xargs -0 getfacl -n --; fi
      stat -c '%h' hard
      """;

  final EbsWorld world;
  final SsmClient ssm;
  final String instance;
  final String original;

  CopyWorld(Path journal) {
    this(journal, TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")), "m5.large");
  }

  CopyWorld(Path journal, TestClock clock, String instanceType) {
    world = new EbsWorld(journal, clock, Duration.ZERO);
    ssm =
        SsmClient.builder()
            .endpointOverride(world.aws.endpoint())
            .region(Region.of(world.aws.region()))
            .overrideConfiguration(c -> c.retryStrategy(RetryMode.STANDARD))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
            .build();
    instance =
        world.instance(
            r -> r.instanceType(instanceType).iamInstanceProfile(p -> p.name("managed")));
    original =
        world.volume(
            r ->
                r.size(1)
                    .tagSpecifications(EbsWorld.tags("volume", EbsWorld.tag("purpose", "orders"))));
    world.attach(original, instance, EbsWorld.DATA);
    world.aws.calls().clear();
  }

  /** Skips the test where this machine cannot give an instance devices, or lacks the tools. */
  static void assumeCapable(EbsWorld world, String kind) {
    assumeTrue(
        world.aws.ssm().obstacleToDevices().isEmpty(),
        () -> "skipped: " + world.aws.ssm().obstacleToDevices().orElse(""));
    for (String tool : List.of("rsync", "mkfs." + kind, "flock")) {
      boolean isThere =
          Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")
              .anyMatch(d -> Path.of(d, tool).toFile().exists());
      assumeTrue(isThere, () -> "skipped: there is no " + tool);
    }
  }

  /** Makes a file system with oddities and mounts it, also at every start. */
  CopyWorld fill(String kind, String mountPoint) {
    assumeCapable(world, kind);
    String at = quoted(mountPoint);
    String make =
        """
        d=$(@device); mkfs.@kind -q -L data "$d"; mkdir -p -- @at; mount -o noatime "$d" @at
        { printf 'UUID=%s\\t' "$(blkid -o value -s UUID "$d")"; printf %s @escaped
        printf '\\t@kind  noatime,nofail 0 2 # ours\\n'; } >>/etc/fstab
        cd -- @at
        """;
    guest(
        make.replace("@device", device(original))
                .replace("@kind", kind)
                .replace("@escaped", quoted(fstab(mountPoint)))
                .replace("@at", at)
            + ODDITIES);
    world.aws.calls().clear();
    return this;
  }

  static String quoted(String text) {
    return "'" + text.replace("'", "'\"'\"'") + "'";
  }

  private static String fstab(String path) {
    return path.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012");
  }

  String device(String volumeId) {
    return "if [ -e /dev/xvdf ]; then echo /dev/xvdf; else readlink -f"
        + " /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_"
        + volumeId.replace("-", "")
        + "; fi";
  }

  /** Runs a script on the instance and answers what it printed; it has to end well. */
  String guest(String script) {
    GetCommandInvocationResponse seen = tryGuest("set -e\n" + script);
    assertThat(seen.statusAsString())
        .as("%s%n%s", script, seen.standardErrorContent())
        .isEqualTo("Success");
    return seen.standardOutputContent();
  }

  GetCommandInvocationResponse tryGuest(String script) {
    String command =
        ssm.sendCommand(
                r ->
                    r.instanceIds(instance)
                        .documentName("AWS-RunShellScript")
                        .parameters(Map.of("commands", List.of(script))))
            .command()
            .commandId();
    world.pass(Duration.ofSeconds(5));
    GetCommandInvocationResponse seen = get(command);
    while (List.of("Pending", "InProgress").contains(seen.statusAsString())) {
      world.pass(Duration.ofSeconds(1));
      seen = get(command);
    }
    return seen;
  }

  private GetCommandInvocationResponse get(String command) {
    return ssm.getCommandInvocation(r -> r.commandId(command).instanceId(instance));
  }

  String listing(String mountPoint) {
    return guest("cd -- " + quoted(mountPoint) + "\n" + LISTING);
  }

  SsmVolumeCopier copier() {
    return SsmVolumeCopier.builder(ssm).sleeper(world.aws.clock()::sleep).build();
  }

  EbsOptions.Builder copying() {
    return world.application.undecided().copyWith(copier());
  }

  /** With a hook that leaves volumes mounted. */
  EbsOptions withHook() {
    return world.application.freezing().copyWith(copier()).build();
  }

  RotationPlan plan(EbsOptions options) {
    return world.planner(original).with(options).plan();
  }

  RotationRunner approving(EbsOptions options) {
    return world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build();
  }

  /** The volume that is mounted at a mount point, told by what the instance says. */
  String mountedAt(String mountPoint) {
    return guest(
            "want=$(stat -c %d -- "
                + quoted(mountPoint)
                + "); for link in /dev/disk/by-id/*; do n=$(stat -L -c '%t %T' $link);"
                + " if [ $(( 0x${n% *} * 256 + 0x${n#* } )) = \"$want\" ]; then"
                + " echo ${link##*_}; fi; done")
        .strip()
        .replace("vol", "vol-");
  }

  @Override
  public void close() {
    ssm.close();
    world.close();
  }
}
