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
import io.github.kmsrotation.target.EbsTarget;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Snapshot;

/** Promises 2 and 3 for snapshots, AMIs and the account's default key, at every call. */
class EbsCopyCrashTest {

  /** What is rotated, all that this changes in AWS, in order, and all that its undoing does. */
  enum Scenario {
    SNAPSHOT("CopySnapshot ModifySnapshotAttribute DeleteSnapshot DeleteTags", "DeleteSnapshot"),
    IMAGE(
        "CopyImage EnableImageDeprecation CreateTags CreateTags ModifyImageAttribute"
            + " DeregisterImage DeleteSnapshot DeleteSnapshot DeleteTags",
        "DeregisterImage DeleteSnapshot DeleteSnapshot"),
    DEFAULT_KEY("ModifyEbsDefaultKmsKeyId", "ModifyEbsDefaultKmsKeyId"),
    DEFAULT_KEY_OF_AWS("ModifyEbsDefaultKmsKeyId", "ResetEbsDefaultKmsKeyId");

    private final String calls;
    private final String callsOfRollBack;

    Scenario(String calls, String callsOfRollBack) {
      this.calls = calls;
      this.callsOfRollBack = callsOfRollBack;
    }

    List<String> calls() {
      return List.of(calls.split(" "));
    }

    List<String> callsOfRollBack() {
      return List.of(callsOfRollBack.split(" "));
    }

    int callsBeforeRetirement() {
      return switch (this) {
        case SNAPSHOT -> 2;
        case IMAGE -> 5;
        case DEFAULT_KEY, DEFAULT_KEY_OF_AWS -> 1;
      };
    }
  }

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  private EbsWorld world;

  @SuppressWarnings("NullAway.Init")
  private Scenario scenario;

  private String target = EbsTarget.DEFAULT_KEY;
  private String defaultBefore = "";
  private Map<String, String> snapshotsBefore = Map.of();

  static Stream<Arguments> everyCall() {
    return Stream.of(Scenario.values())
        .flatMap(s -> IntStream.rangeClosed(1, s.calls().size()).mapToObj(n -> Arguments.of(s, n)));
  }

  static Stream<Arguments> everyCallBeforeRetirement() {
    return Stream.of(Scenario.values())
        .flatMap(
            s ->
                IntStream.rangeClosed(1, s.callsBeforeRetirement())
                    .mapToObj(n -> Arguments.of(s, n)));
  }

  static Stream<Arguments> everyCallOfARollBack() {
    return Stream.of(Scenario.values())
        .flatMap(
            s ->
                IntStream.rangeClosed(1, s.callsOfRollBack().size())
                    .mapToObj(n -> Arguments.of(s, n)));
  }

  private void create(Scenario wanted) {
    scenario = wanted;
    world = new EbsWorld(directory);
    ImageWorld copies = new ImageWorld(world);
    switch (wanted) {
      case SNAPSHOT -> {
        target = copies.snapshot("as of 2025");
        copies.share(target);
      }
      case IMAGE -> target = copies.image();
      case DEFAULT_KEY -> world.ec2.modifyEbsDefaultKmsKeyId(r -> r.kmsKeyId(world.oldKey));
      case DEFAULT_KEY_OF_AWS -> {}
    }
    defaultBefore = world.ec2.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId();
    snapshotsBefore = world.aws.ec2().snapshots();
    world.aws.calls().clear();
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationPlan plan() {
    return (target.equals(EbsTarget.DEFAULT_KEY)
            ? world.application.defaultKeyPlanner()
            : world.application.planner(target))
        .clock(world.aws.clock())
        .with(world.application.undecided().build())
        .plan();
  }

  private RotationRunner approving() {
    return world.approving(world.application.undecided().build());
  }

  private RotationRunner plain() {
    return world.runner().with(world.application.undecided().build()).build();
  }

  private void assertRotatedOnce(RotationReport report) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    if (target.equals(EbsTarget.DEFAULT_KEY)) {
      assertThat(world.ec2.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId()).isEqualTo(world.newKey);
      return;
    }
    assertThat(world.aws.ec2().snapshots())
        .hasSameSizeAs(snapshotsBefore)
        .doesNotContainKeys(snapshotsBefore.keySet().toArray(new String[0]));
    for (Snapshot copy : snapshots()) {
      assertThat(copy.kmsKeyId()).isEqualTo(world.newKey);
      assertThat(copy.tags()).extracting(tag -> tag.key()).containsOnly("team", "empty");
      assertThat(world.read(copy.snapshotId(), ImageWorld.TEXT.length()))
          .isEqualTo(ImageWorld.TEXT + "|" + ImageWorld.TEXT);
    }
    List<Image> images = images();
    assertThat(images).hasSize(scenario == Scenario.IMAGE ? 1 : 0);
    assertThat(images).noneMatch(image -> image.imageId().equals(target));
  }

  private List<Snapshot> snapshots() {
    return world.ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots();
  }

  private List<Image> images() {
    return world.ec2.describeImages(r -> r.owners("self")).images();
  }

  private void assertAsBefore(RotationReport report) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.ec2.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId()).isEqualTo(defaultBefore);
    assertThat(world.aws.ec2().snapshots()).isEqualTo(snapshotsBefore);
    assertThat(images())
        .extracting(Image::imageId)
        .isEqualTo(scenario == Scenario.IMAGE ? List.of(target) : List.of());
  }

  private RunId runUntilRetirement() {
    RotationPlan plan = plan();
    boolean isOver = target.equals(EbsTarget.DEFAULT_KEY);
    RotationReport stopped =
        world
            .runner()
            .with(world.application.undecided().build())
            .approval(
                isOver
                    ? Approvals.before(Phase.OBSERVE, request -> Approval.later())
                    : Approvals.before(
                        Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test")))
            .build()
            .run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.aws.calls().clear();
    return plan.runId();
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void rotation_changesAwsByTheseCallsOnly(Scenario wanted) {
    create(wanted);

    assertRotatedOnce(approving().run(plan()));

    assertThat(world.aws.calls().mutating()).extracting(Call::operation).isEqualTo(wanted.calls());
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheAnswerOfTheNthCallIsLost_endsTheSame(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).dropAfter();

    assertRotatedOnce(approving().run(plan));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenTheNthCallIsLostOnItsWay_endsTheSame(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).dropBefore();

    assertRotatedOnce(approving().run(plan));

    assertThat(world.aws.faults().fired()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everyCall")
  void rotation_whenAwsRefusesTheNthCall_isResumedToTheSameEnd(Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);

    RotationReport stopped = approving().run(plan);
    assertThat(stopped.status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertRotatedOnce(approving().resume(plan.runId()));
  }

  @ParameterizedTest
  @MethodSource("everyCallBeforeRetirement")
  void rollBack_whenAwsRefusedTheNthCall_andAllAnswersAreLost_leavesAllAsBefore(
      Scenario wanted, int n) {
    create(wanted);
    RotationPlan plan = plan();
    world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(approving().run(plan).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);
    world.aws.faults().clear();
    world.aws.faults().onMutating().times(100).dropAfter();

    assertAsBefore(plain().rollBack(plan.runId()));
  }

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      names = {"SNAPSHOT", "IMAGE"})
  void rollBack_beforeRetirement_changesAwsByTheseCallsOnly(Scenario wanted) {
    create(wanted);
    RunId runId = runUntilRetirement();

    assertAsBefore(plain().rollBack(runId));

    assertThat(world.aws.calls().mutating())
        .extracting(Call::operation)
        .isEqualTo(wanted.callsOfRollBack());
  }

  @ParameterizedTest
  @MethodSource("everyCallOfARollBack")
  void rollBack_whenAwsRefusesItsNthCall_goesOnWhenResumed(Scenario wanted, int n) {
    create(wanted);
    RunId runId = runUntilRetirement();
    world.aws.faults().onMutating().nth(n).error("UnauthorizedOperation", 403);
    assertThat(plain().rollBack(runId).status()).isIn(RunStatus.FAILED, RunStatus.BLOCKED);

    assertAsBefore(plain().resume(runId));
  }
}
