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
import io.github.kmsrotation.testkit.clock.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.Volume;

/**
 * Volumes that are rotated in different ways, and what has to be true of them in the end, whatever
 * happened meanwhile.
 */
abstract class CrashFixture {

  /** What is rotated how, all that this changes in AWS, in order, and all that its undoing does. */
  enum Scenario {
    INSTANCE(
        "StopInstances CreateSnapshots CreateVolume CreateVolume DetachVolume AttachVolume"
            + " DetachVolume AttachVolume ModifyInstanceAttribute StartInstances DeleteVolume"
            + " DeleteVolume DeleteTags",
        "StopInstances DetachVolume AttachVolume ModifyInstanceAttribute DetachVolume AttachVolume"
            + " StartInstances CreateSnapshot DeleteVolume CreateSnapshot DeleteVolume"
            + " DeleteSnapshot DeleteSnapshot"),
    FROZEN_VOLUME(
        "CreateSnapshot CreateVolume DetachVolume AttachVolume DeleteVolume DeleteTags",
        "DetachVolume AttachVolume CreateSnapshot DeleteVolume DeleteSnapshot"),
    UNATTACHED_VOLUME(
        "CreateSnapshot CreateVolume DeleteVolume DeleteTags", "DeleteVolume DeleteSnapshot"),
    ROOT_VOLUME_BY_TASK(
        "CreateSnapshot CreateVolume CreateReplaceRootVolumeTask DeleteVolume DeleteTags",
        "CreateReplaceRootVolumeTask CreateSnapshot DeleteVolume DeleteSnapshot"),
    COPIED_VOLUME(
        "CopyVolumes DetachVolume AttachVolume DeleteVolume DeleteTags",
        "DetachVolume AttachVolume CreateSnapshot DeleteVolume"),
    FAST_RESTORED_VOLUME(
        "CreateSnapshot EnableFastSnapshotRestores CreateVolume DisableFastSnapshotRestores"
            + " DeleteVolume DeleteTags",
        "DeleteVolume DeleteSnapshot");

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

    boolean isUnattached() {
      return this == UNATTACHED_VOLUME || this == FAST_RESTORED_VOLUME;
    }

    boolean isFrozen() {
      return this == FROZEN_VOLUME || this == COPIED_VOLUME;
    }

    int firstThatRetires() {
      return calls().indexOf("DeleteVolume") + 1;
    }
  }

  static final String TEXT = "orders";

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test creates its own first
  EbsWorld world;

  @SuppressWarnings("NullAway.Init")
  Scenario scenario;

  String target = "";
  String instance = "";
  final List<String> originals = new ArrayList<>();
  Map<String, String> attachedBefore = Map.of();

  final void create(Scenario wanted, TestClock clock) {
    create(wanted, clock, Duration.ZERO);
  }

  final void create(Scenario wanted, TestClock clock, Duration eventualConsistency) {
    scenario = wanted;
    world = new EbsWorld(directory.resolve("journal"), clock, eventualConsistency);
    String volume = world.volume(r -> {});
    originals.add(volume);
    target = volume;
    if (!wanted.isUnattached()) {
      instance = world.instance(r -> {});
      world.attach(volume, instance, EbsWorld.DATA);
      attachedBefore = world.attached(instance);
    }
    if (wanted == Scenario.ROOT_VOLUME_BY_TASK) {
      world.deleteOnTermination(instance, EbsWorld.ROOT, false);
      target = world.at(instance, EbsWorld.ROOT);
      originals.clear();
      originals.add(target);
    }
    if (wanted == Scenario.INSTANCE) {
      target = instance;
      originals.add(world.at(instance, EbsWorld.ROOT));
    }
    originals.forEach(original -> world.write(original, TEXT));
    world.aws.calls().clear();
  }

  final void create(Scenario wanted) {
    create(wanted, TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")));
  }

  @AfterEach
  final void close() {
    world.close();
  }

  final EbsOptions options() {
    return world.application.options(scenario.name());
  }

  final RotationPlan plan() {
    return world.planner(target).with(options()).plan();
  }

  final RotationRunner approving() {
    return world.approving(options());
  }

  final RotationRunner plain() {
    return world.runner().with(options()).build();
  }

  final void assertRotatedOnce(RotationReport report) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    List<Volume> rotated =
        world.ec2.describeVolumes().volumes().stream()
            .filter(volume -> world.newKey.equals(volume.kmsKeyId()))
            .toList();
    assertThat(rotated).hasSameSizeAs(originals);
    for (Volume volume : rotated) {
      assertThat(world.read(volume.volumeId(), TEXT.length())).isEqualTo(TEXT + "|" + TEXT);
      assertThat(volume.tags()).isEmpty();
    }
    assertThat(world.aws.ec2().volumes()).doesNotContainKeys(originals.toArray(new String[0]));
    assertThat(world.aws.ec2().volumes())
        .hasSize(instance.isEmpty() ? 1 : attachedBefore.size())
        .allSatisfy((id, state) -> assertThat(state).isIn("available", "in-use"));
    assertThat(world.aws.ec2().snapshots())
        .hasSize(scenario == Scenario.COPIED_VOLUME ? snapshotsInstead(report) : originals.size());
    assertNothingIsRestoredFast();
    assertInstanceRuns();
  }

  /** Those that were made because EC2 refused to copy a volume. */
  private static int snapshotsInstead(RotationReport report) {
    return (int)
        report.steps().stream()
            .flatMap(step -> step.facts().values().keySet().stream())
            .filter(fact -> fact.startsWith("snapshot."))
            .count();
  }

  /** It would be billed for ever. */
  private void assertNothingIsRestoredFast() {
    assertThat(world.ec2.describeFastSnapshotRestores(r -> {}).fastSnapshotRestores())
        .allSatisfy(restore -> assertThat(restore.stateAsString()).isEqualTo("disabled"));
  }

  final void assertInstanceRuns() {
    if (!instance.isEmpty()) {
      assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
      assertThat(world.attached(instance)).containsOnlyKeys(attachedBefore.keySet());
      assertThat(deletedOnTermination(EbsWorld.ROOT))
          .isEqualTo(scenario != Scenario.ROOT_VOLUME_BY_TASK);
      assertThat(deletedOnTermination(EbsWorld.DATA)).isFalse();
    }
    if (scenario.isFrozen() && !world.application.freezes.isEmpty()) {
      int last = world.application.freezes.size() - 1;
      assertThat(world.application.freezes.get(last))
          .isEqualTo("thaw " + world.at(instance, EbsWorld.DATA) + " at " + EbsWorld.DATA);
    }
  }

  final boolean deletedOnTermination(String device) {
    return world.describe(world.at(instance, device)).attachments().get(0).deleteOnTermination();
  }

  final void assertAsBefore(RotationReport report) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertInstanceRuns();
    assertNothingIsRestoredFast();
    if (instance.isEmpty()) {
      assertThat(world.aws.ec2().volumes()).isEqualTo(Map.of(target, "available"));
    } else {
      assertThat(world.attached(instance)).isEqualTo(attachedBefore);
      assertThat(world.aws.ec2().volumes()).containsOnlyKeys(attachedBefore.values());
    }
    for (String original : originals) {
      assertThat(world.read(original, TEXT.length())).isEqualTo(TEXT + "|" + TEXT);
      assertThat(world.describe(original).tags()).isEmpty();
    }
    // What was written to a new volume that may have served is in no other place.
    assertThat(world.ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots())
        .allSatisfy(
            snapshot ->
                assertThat(snapshot.tags())
                    .singleElement()
                    .satisfies(tag -> assertThat(tag.key()).isEqualTo("kms-rotation:undone")));
    assertThat(world.aws.ec2().snapshots()).hasSizeLessThanOrEqualTo(originals.size());
  }

  final RunId runUntilRetirement() {
    RotationPlan plan = plan();
    Approvals notForDeletion =
        Approvals.before(Phase.CUTOVER, Phase.RETIRE, request -> Approval.granted("a test"));
    RotationReport stopped =
        world.runner().with(options()).approval(notForDeletion).build().run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.aws.calls().clear();
    return plan.runId();
  }
}
