package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promises 2 and 3 for the copy by the operating system: whatever happens at whatever call, the
 * copy ends the same way, and until the original is retired it can be rolled back to: mounted as
 * before, with the same file system table.
 */
class CopyCrashTest {

  private static final List<String> CALLS =
      List.of(
          "CreateVolume", // 1
          "AttachVolume",
          "SendCommand", // 3: prepare
          "SendCommand", // copy
          "SendCommand", // 5: synchronise
          "SendCommand", // switch
          "SendCommand", // 7: check
          "SendCommand", // 8: check again
          "DetachVolume",
          "DeleteVolume",
          "SendCommand", // 11: tidy
          "DeleteTags");

  private static final List<String> CALLS_OF_ROLL_BACK =
      List.of(
          "SendCommand", // switch
          "SendCommand", // synchronise
          "SendCommand", // prepare
          "DetachVolume",
          "CreateSnapshot",
          "DeleteVolume");

  private static final int BEFORE_RETIREMENT = 7;
  private static final String AT = "/data";

  @TempDir Path directory;
  private CopyWorld copy;
  private String listing = "";
  private String fstab = "";
  private String mounts = "";

  @BeforeEach
  void start() {
    copy = new CopyWorld(directory.resolve("journal"));
    copy.fill("ext4", AT);
    listing = copy.listing(AT);
    fstab = copy.guest("ls -ln --time-style=+ /etc/fstab; cat /etc/fstab");
    mounts = mounts();
    copy.world.aws.calls().clear();
  }

  @AfterEach
  void close() {
    copy.close();
  }

  private String mounts() {
    return copy.guest("grep /dev/nvme /proc/mounts | sort");
  }

  private EbsOptions options() {
    return copy.copying().build();
  }

  private RotationPlan planned() {
    RotationPlan plan = copy.plan(options());
    copy.world.aws.calls().clear();
    return plan;
  }

  private RotationReport rollBack(RunId run) {
    return copy.world.runner().with(options()).build().rollBack(run);
  }

  static Stream<Arguments> everyCall() {
    return IntStream.rangeClosed(1, CALLS.size()).mapToObj(Arguments::of);
  }

  /** Those that only this way makes; all with -Dkmsrotation.everyCall=true. */
  static Stream<Arguments> callsOfItsOwn() {
    return Boolean.getBoolean("kmsrotation.everyCall")
        ? everyCall()
        : Stream.of(2, 3, 5, 6, 8, 11).map(Arguments::of);
  }

  static Stream<Arguments> callsOfTheCutover() {
    return Boolean.getBoolean("kmsrotation.everyCall")
        ? everyCallBeforeRetirement()
        : Stream.of(5, 6).map(Arguments::of);
  }

  static Stream<Arguments> everyCallBeforeRetirement() {
    return IntStream.rangeClosed(1, BEFORE_RETIREMENT).mapToObj(Arguments::of);
  }

  /** Odd ones are refused and the answers of even ones lost; all of both with the property. */
  static Stream<Arguments> refusedCallsOfARollBack() {
    return callsOfARollBack(1);
  }

  static Stream<Arguments> lostCallsOfARollBack() {
    return callsOfARollBack(0);
  }

  private static Stream<Arguments> callsOfARollBack(int remainder) {
    return IntStream.rangeClosed(1, CALLS_OF_ROLL_BACK.size())
        .filter(n -> Boolean.getBoolean("kmsrotation.everyCall") || n % 2 == remainder)
        .mapToObj(Arguments::of);
  }

  private void assertRotatedOnce(RotationReport report) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    String replacement = copy.mountedAt(AT);
    assertThat(copy.world.aws.ec2().volumes())
        .containsOnlyKeys(replacement, copy.world.at(copy.instance, EbsWorld.ROOT));
    assertThat(copy.world.describe(replacement).kmsKeyId()).isEqualTo(copy.world.newKey);
    assertThat(copy.listing(AT)).isEqualTo(listing);
    assertThat(copy.guest("ls /var/lib")).doesNotContain("kms-rotation");
  }

  private void assertAsBefore(RotationReport report) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(copy.mountedAt(AT)).isEqualTo(copy.original);
    assertThat(copy.listing(AT)).isEqualTo(listing);
    assertThat(mounts()).isEqualTo(mounts);
    assertThat(copy.guest("ls -ln --time-style=+ /etc/fstab; cat /etc/fstab")).isEqualTo(fstab);
    assertThat(copy.guest("touch /data/x; rm /data/x; ls /var/lib")).doesNotContain("kms-rotation");
    assertThat(copy.world.aws.ec2().volumes())
        .containsOnlyKeys(copy.original, copy.world.at(copy.instance, EbsWorld.ROOT));
    assertThat(copy.world.describe(copy.original).tags()).hasSize(1);
  }

  @Test
  void rotation_changesAwsByTheseCallsOnly() {
    RotationPlan plan = planned();

    RotationReport report = copy.approving(options()).run(plan);

    assertThat(copy.world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(CALLS);
    assertRotatedOnce(report);
  }

  @ParameterizedTest
  @MethodSource("callsOfItsOwn")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(int n) {
    RotationPlan plan = planned();
    copy.world.aws.faults().onMutating().nth(n).dropAfter();

    RotationReport report = copy.approving(options()).run(plan);

    assertThat(copy.world.aws.faults().fired()).isEqualTo(1);
    assertThat(copy.world.aws.calls().of("SendCommand")).hasSize(7);
    assertRotatedOnce(report);
  }

  @ParameterizedTest
  @MethodSource("callsOfItsOwn")
  void rotation_whenTheNthCallIsLostOnItsWay_endsTheSame(int n) {
    RotationPlan plan = planned();
    copy.world.aws.faults().onMutating().nth(n).dropBefore();

    RotationReport report = copy.approving(options()).run(plan);

    assertThat(copy.world.aws.faults().fired()).isEqualTo(1);
    assertRotatedOnce(report);
  }

  @ParameterizedTest
  @MethodSource("callsOfItsOwn")
  void rotation_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(int n) {
    RotationPlan plan = planned();
    copy.world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);

    assertThat(copy.approving(options()).run(plan).status())
        .isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertRotatedOnce(copy.approving(options()).resume(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("callsOfTheCutover")
  void rollBack_whenAwsRefusedTheNthCall_leavesTheOriginalServing(int n) {
    RotationPlan plan = planned();
    copy.world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(copy.approving(options()).run(plan).status())
        .isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertAsBefore(rollBack(plan.runId()));
  }

  /** The runner is gone right after a call, so that the instance goes on alone. */
  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_rightAfterTheNthCall_leavesTheOriginalServing(int n) {
    RotationPlan plan = planned();
    interruptAfter(n, plan);

    assertAsBefore(rollBack(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("callsOfTheCutover")
  void rotation_whenItsRunnerIsGoneRightAfterTheNthCall_isResumedToTheSameEnd(int n) {
    RotationPlan plan = planned();
    interruptAfter(n, plan);

    assertRotatedOnce(copy.approving(options()).resume(plan.runId()));
  }

  private void interruptAfter(int n, RotationPlan plan) {
    RotationRunner interrupted =
        copy.world
            .runner()
            .with(options())
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                duration -> {
                  if (copy.world.aws.calls().mutating().size() >= n) {
                    throw new InterruptedException();
                  }
                  copy.world.aws.clock().sleep(duration);
                })
            .build();
    assertThat(interrupted.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();
  }

  private RunId runUntilRetirement() {
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
    copy.world.aws.calls().clear();
    return plan.runId();
  }

  @Test
  void rollBack_changesAwsByTheseCallsOnly_andKeepsWhatWasWrittenMeanwhile() {
    RunId run = runUntilRetirement();
    copy.guest("echo written-meanwhile >/data/late; sync");
    copy.world.aws.calls().clear();

    RotationReport report = rollBack(run);

    assertThat(copy.world.aws.calls().mutating())
        .extracting(Call::operation)
        .isEqualTo(CALLS_OF_ROLL_BACK);
    assertAsBefore(report);
    assertThat(report.toString()).contains("of a new volume that may have been written to");
  }

  @ParameterizedTest
  @MethodSource("refusedCallsOfARollBack")
  void rollBack_whenAwsRefusesItsNthCall_goesOnWhenResumed(int n) {
    RunId run = runUntilRetirement();
    copy.world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(rollBack(run).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertAsBefore(copy.world.runner().with(options()).build().resume(run));
  }

  @ParameterizedTest
  @MethodSource("lostCallsOfARollBack")
  void rollBack_whenTheAnswerOfItsNthCallIsLost_endsTheSame(int n) {
    RunId run = runUntilRetirement();
    copy.world.aws.faults().onMutating().nth(n).dropAfter();

    assertAsBefore(rollBack(run));
  }
}
