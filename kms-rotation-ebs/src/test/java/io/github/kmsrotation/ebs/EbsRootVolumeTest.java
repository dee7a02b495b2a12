package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Root volumes of running instances, by a root volume replacement task. */
class EbsRootVolumeTest {

  @TempDir Path directory;
  private EbsWorld world;
  private String instance = "";
  private String root = "";

  @BeforeEach
  void start() {
    world = new EbsWorld(directory);
    instance = world.instance(r -> {});
    root = world.at(instance, EbsWorld.ROOT);
    world.write(root, "system");
    world.deleteOnTermination(instance, EbsWorld.ROOT, false);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private EbsOptions.Builder byTask() {
    return world.application.undecided().replaceRootVolume();
  }

  private EbsOptions losing() {
    return byTask().iAcceptLosingWritesMadeAfterTheSnapshot().build();
  }

  private String problemOf(EbsOptions options, String target) {
    PlanningException refusal =
        catchThrowableOfType(
            PlanningException.class, () -> world.planner(target).with(options).plan());
    assertThat(refusal).as("planning was refused").isNotNull();
    assertThat(refusal.problems()).hasSize(1);
    return refusal.problems().get(0).toString();
  }

  private void assertAsBefore() {
    assertThat(world.aws.ec2().instances()).isEqualTo(Map.of(instance, "running"));
    assertThat(world.attached(instance)).isEqualTo(Map.of(EbsWorld.ROOT, root));
    assertThat(world.describe(root).attachments().get(0).deleteOnTermination()).isFalse();
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(root);
    assertThat(world.read(root, 6)).isEqualTo("system|system");
  }

  @Test
  void rootVolume_isReplaced_whileTheInstanceRuns_andStaysAsItWas() {
    Volume before = world.describe(root);
    RotationPlan plan = world.planner(root).with(losing()).plan();
    assertThat(plan.warnings().toString()).contains("rebooted", "is not on the new volume");
    world.aws.calls().clear();

    world.approving(losing()).run(plan).requireComplete();

    String replacement = world.at(instance, EbsWorld.ROOT);
    Volume after = world.describe(replacement);
    assertThat(replacement).isNotEqualTo(root);
    assertThat(after.kmsKeyId()).isEqualTo(world.newKey);
    assertThat(after.volumeType()).isEqualTo(before.volumeType());
    assertThat(after.attachments().get(0).deleteOnTermination()).isFalse();
    assertThat(world.read(replacement, 6)).isEqualTo("system|system");
    assertThat(world.aws.ec2().volumes()).containsOnlyKeys(replacement);
    assertThat(world.aws.calls().mutating())
        .extracting(call -> call.operation())
        .doesNotContain("StopInstances", "DetachVolume");
  }

  @Test
  void instanceWithNoOtherVolume_canBeNamed_andTheHookStopsWrites() {
    EbsOptions options = world.application.freezing().replaceRootVolume().build();

    world.approving(options).run(world.planner(instance).with(options).plan()).requireComplete();

    String replacement = world.at(instance, EbsWorld.ROOT);
    assertThat(world.application.freezes)
        .containsExactly(
            "freeze " + root + " at " + EbsWorld.ROOT,
            "thaw " + replacement + " at " + EbsWorld.ROOT);
  }

  @Test
  void deleteOnTermination_whichIsOtherwiseAfterTheTask_isSetBack() {
    AtomicBoolean isChanged = new AtomicBoolean();
    RotationReport report =
        world
            .runner()
            .with(losing())
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                duration -> {
                  world.aws.clock().sleep(duration);
                  boolean isAttached = !world.at(instance, EbsWorld.ROOT).equals(root);
                  if (isAttached && isChanged.compareAndSet(false, true)) {
                    world.deleteOnTermination(instance, EbsWorld.ROOT, true);
                  }
                })
            .build()
            .run(world.planner(root).with(losing()).plan());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(isChanged).isTrue();
    Volume after = world.describe(world.at(instance, EbsWorld.ROOT));
    assertThat(after.attachments().get(0).deleteOnTermination()).isFalse();
  }

  @Test
  void rollBack_keepsASnapshotOfWhatTheNewRootVolumeWasGiven() {
    RotationPlan plan = world.planner(root).with(losing()).plan();
    RotationReport stopped =
        world
            .runner()
            .with(losing())
            .approval(Approvals.before(Phase.RETIRE, request -> Approval.later()))
            .build()
            .run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.write(world.at(instance, EbsWorld.ROOT), "served");

    RotationReport report = world.runner().with(losing()).build().rollBack(plan.runId());

    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertAsBefore();
    String kept = world.aws.ec2().snapshots().keySet().iterator().next();
    assertThat(world.read(kept, 6)).isEqualTo("served|served");
  }

  @Test
  void taskThatLeavesTheInstanceWithoutARootVolume_isSaid_andTheRollBackAttachesTheOriginal() {
    RotationPlan plan = world.planner(root).with(losing()).plan();
    AtomicBoolean isBroken = new AtomicBoolean();
    RotationReport report =
        world
            .runner()
            .with(losing())
            .approval(
                Approvals.before(
                    Phase.CUTOVER,
                    request -> {
                      breakReplacement(isBroken);
                      return Approval.granted("a test");
                    }))
            .build()
            .run(plan);
    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("failed-detached").contains("has no root volume");
    assertThat(world.attached(instance)).isEmpty();

    RotationReport back = world.runner().with(losing()).build().rollBack(plan.runId());

    assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertAsBefore();
  }

  private void breakReplacement(AtomicBoolean isBroken) {
    if (isBroken.compareAndSet(false, true)) {
      world.aws.ec2().volumes().keySet().stream()
          .filter(id -> !id.equals(root))
          .forEach(world.aws.ec2()::failRootTaskDetached);
    }
  }

  @Test
  void taskThatFails_leavesTheOriginal_andIsSaid() {
    RotationPlan plan = world.planner(root).with(losing()).plan();
    RotationReport report =
        world
            .runner()
            .with(losing())
            .approval(
                Approvals.before(
                    Phase.CUTOVER,
                    request -> {
                      world.aws.ec2().denyKey(world.newKey);
                      return Approval.granted("a test");
                    }))
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("is failed").contains("still attached");
    RotationReport back = world.runner().with(losing()).build().rollBack(plan.runId());
    assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertAsBefore();
    assertThat(world.aws.ec2().snapshots()).isEmpty();
  }

  @Test
  void plan_withoutAWordOnWrites_asksForAHookOrAConsent() {
    assertThat(problemOf(byTask().build(), root))
        .contains("would be lost", "writeFreeze", "iAcceptLosingWritesMadeAfterTheSnapshot()");
  }

  @Test
  void run_withoutTheConsent_isRefused() {
    RotationPlan plan = world.planner(root).with(losing()).plan();

    assertThatThrownBy(() -> world.approving().run(RotationPlan.fromJson(plan.toJson())))
        .isInstanceOf(MissingOptionException.class)
        .hasMessageContaining("iAcceptLosingWritesMadeAfterTheSnapshot()");
    assertAsBefore();
  }

  @Test
  void plan_ofAStoppedInstance_saysSo_andDetachesAndAttaches() {
    world.stop(instance);

    RotationPlan plan = world.planner(root).with(losing()).plan();

    assertThat(plan.warnings().toString()).contains("a task needs it running", "detached");
    assertThat(plan.steps()).extracting(StepDescription::id).contains("swap-" + root);
    world.approving(losing()).run(plan).requireComplete();
    Volume after = world.describe(world.at(instance, EbsWorld.ROOT));
    assertThat(after.kmsKeyId()).isEqualTo(world.newKey);
    assertThat(after.attachments().get(0).deleteOnTermination()).isFalse();
  }

  @Test
  void plan_ofAnUnencryptedRootVolume_isRefused_andNamesTheOtherWay() {
    String other = world.instance(r -> r.blockDeviceMappings(List.of()));

    assertThat(problemOf(losing(), world.at(other, EbsWorld.ROOT)))
        .contains("not encrypted", "stopInstance()");
    EbsOptions eitherWay =
        byTask().iAcceptLosingWritesMadeAfterTheSnapshot().stopInstance().build();
    RotationPlan plan = world.planner(world.at(other, EbsWorld.ROOT)).with(eitherWay).plan();
    assertThat(plan.steps()).extracting(StepDescription::id).contains("stop-instance");
  }

  @Test
  void plan_ofAnInstanceWithDataVolumes_isRefused() {
    world.attach(world.volume(r -> {}), instance, EbsWorld.DATA);

    assertThat(problemOf(losing(), instance)).contains("other volumes to rotate");
  }

  @Test
  void swap_keepsDeleteOnTerminationOfRootAndData_whereBothAreUnusual() {
    world.attach(world.volume(r -> {}), instance, EbsWorld.DATA);
    world.deleteOnTermination(instance, EbsWorld.DATA, true);

    world.approving().run(world.planner(instance).plan()).requireComplete();

    Volume newRoot = world.describe(world.at(instance, EbsWorld.ROOT));
    Volume newData = world.describe(world.at(instance, EbsWorld.DATA));
    assertThat(newRoot.kmsKeyId()).isEqualTo(world.newKey);
    assertThat(newRoot.attachments().get(0).deleteOnTermination()).isFalse();
    assertThat(newData.kmsKeyId()).isEqualTo(world.newKey);
    assertThat(newData.attachments().get(0).deleteOnTermination()).isTrue();
  }

  @Test
  void consentWithoutReplacement_orBesideAHook_isRefused() {
    EbsOptions.Builder alone = EbsOptions.builder().iAcceptLosingWritesMadeAfterTheSnapshot();
    EbsOptions.Builder beside =
        world.application.freezing().replaceRootVolume().iAcceptLosingWritesMadeAfterTheSnapshot();

    assertThatThrownBy(alone::build).hasMessageContaining("replaceRootVolume()");
    assertThatThrownBy(beside::build).hasMessageContaining("not both");
  }
}
