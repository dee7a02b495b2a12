package io.github.kmsrotation.retire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/** Retiring a key, from the inventory to its scheduled deletion, and back. */
class KeyRetirementTest {

  private static final KeyUse SNAPSHOT = new KeyUse("DB snapshot orders", "Copy it.");

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RetirementWorld world;

  @BeforeEach
  void start() {
    world = new RetirementWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private List<String> changes() {
    return world.aws.calls().mutating().stream().map(Call::operation).toList();
  }

  private void assertStopped(RotationReport report, RunStatus status, String... words) {
    assertThat(report.status()).as(report.reason()).isEqualTo(status);
    assertThat(report.reason()).contains(words);
  }

  private void assertRolledBack(RotationPlan plan) {
    RotationReport back = world.runner().build().rollBack(plan.runId());
    assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
  }

  @Test
  void run_disablesTheKey_observesItForAWeek_andSchedulesItsDeletion() {
    RotationPlan plan = world.planner().plan();
    Instant start = world.aws.clock().instant();

    RotationReport report = world.approving().run(plan).requireComplete();

    assertThat(changes()).containsExactly("DisableKey", "ScheduleKeyDeletion");
    assertThat(world.state()).isEqualTo(KeyState.PENDING_DELETION);
    assertThat(world.describe().deletionDate()).isAfter(start.plus(Duration.ofDays(37)));
    assertThat(report.steps().get(3).facts().find("deletionDate"))
        .hasValue(world.describe().deletionDate().toString());
    for (int step : List.of(0, 2)) {
      assertThat(report.steps().get(step).evidence())
          .allMatch(Evidence::matches)
          .extracting(Evidence::subject)
          .contains("listed under the key: what a test lists", "aliases of the key");
    }
  }

  @Test
  void run_whereCutoverOrRetireIsOnlyGranted_stopsBeforeIt() {
    RotationPlan plan = world.planner().plan();

    assertStopped(
        world.accepting().run(plan),
        RunStatus.AWAITING_APPROVAL,
        "CUTOVER",
        "iAcceptThatThisCannotBeUndone");
    assertThat(changes()).isEmpty();

    assertStopped(
        world.accepting(Phase.CUTOVER).resume(plan.runId()),
        RunStatus.AWAITING_APPROVAL,
        "RETIRE",
        "iAcceptThatThisCannotBeUndone");
    assertThat(world.state()).isEqualTo(KeyState.DISABLED);

    world.accepting(Phase.CUTOVER, Phase.RETIRE).resume(plan.runId()).requireComplete();
    assertThat(world.state()).isEqualTo(KeyState.PENDING_DELETION);
  }

  @Test
  void run_whenSomethingUsesTheKeySincePlanning_isBlockedBeforeTheKeyIsTouched() {
    RotationPlan plan = world.planner().plan();
    world.uses.add(SNAPSHOT);

    assertStopped(
        world.approving().run(plan), RunStatus.BLOCKED, "inventory", "DB snapshot orders", "Copy");

    assertThat(changes()).isEmpty();
    world.uses.clear();
    world.approving().resume(plan.runId()).requireComplete();
  }

  @Test
  void run_whenSomethingUsesTheKeyWhileApprovalIsAwaited_isBlockedBeforeTheKeyIsDisabled() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);
    world.kms.createAlias(r -> r.aliasName("alias/orders").targetKeyId(world.key));
    world.aws.calls().clear();

    assertStopped(
        world.approving().resume(plan.runId()), RunStatus.BLOCKED, "disable-key", "alias/orders");

    assertThat(changes()).isEmpty();
  }

  @Test
  void run_whenSomethingUsesTheKeyAfterTheObservation_isBlockedBeforeDeletionIsScheduled() {
    RotationPlan plan = world.planner().plan();
    world.accepting(Phase.CUTOVER).run(plan);
    world.uses.add(SNAPSHOT);

    assertStopped(
        world.approving().resume(plan.runId()),
        RunStatus.BLOCKED,
        "schedule-deletion",
        "DB snapshot orders");

    assertThat(changes()).containsExactly("DisableKey");
    assertRolledBack(plan);
    assertThat(world.state()).isEqualTo(KeyState.ENABLED);
  }

  /** Runs until so much of the observation is over, when the process is stopped. */
  private void observe(RotationPlan plan, Duration time) {
    Instant end = world.aws.clock().instant().plus(time);
    RotationRunner stopped =
        world
            .runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .sleeper(
                pause -> {
                  if (!world.aws.clock().instant().isBefore(end)) {
                    throw new InterruptedException();
                  }
                  world.aws.clock().sleep(pause);
                })
            .build();
    assertThat(stopped.run(plan).status()).isEqualTo(RunStatus.FAILED);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(world.state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void resume_inTheMiddleOfTheObservation_doesNotBeginItAnew() {
    RotationPlan plan = world.planner().plan();
    Instant start = world.aws.clock().instant();
    observe(plan, Duration.ofDays(6));

    world.approving().resume(plan.runId()).requireComplete();

    assertThat(Duration.between(start, world.aws.clock().instant()))
        .isBetween(Duration.ofDays(7), Duration.ofDays(7).plusMinutes(10));
  }

  @Test
  void observation_whenSomebodyEnablesTheKey_isBlocked() {
    RotationPlan plan = world.planner().plan();
    observe(plan, Duration.ofDays(1));
    world.kms.enableKey(r -> r.keyId(world.key));

    assertStopped(
        world.approving().resume(plan.runId()),
        RunStatus.BLOCKED,
        "is enabled again",
        "CloudTrail");

    assertRolledBack(plan);
    assertThat(world.state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void observation_whenTheKeyWasUsedMeanwhile_isBlocked() {
    RotationPlan plan = world.planner().plan();
    observe(plan, Duration.ofDays(1));
    world.kms.enableKey(r -> r.keyId(world.key));
    world.use();
    world.kms.disableKey(r -> r.keyId(world.key));

    assertStopped(
        world.approving().resume(plan.runId()),
        RunStatus.BLOCKED,
        "was enabled for a while",
        "(Encrypt)");
  }

  @Test
  void run_ofAKeyThatIsDisabledAlready_leavesItDisabledWhenRolledBack() {
    world.kms.disableKey(r -> r.keyId(world.key));
    RotationPlan plan = world.planner().plan();
    world.aws.calls().clear();

    world.approving().run(plan).requireComplete();
    assertThat(changes()).containsExactly("ScheduleKeyDeletion");

    assertRolledBack(plan);
    assertThat(world.state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void run_whenSomebodyElseDisabledTheKeySincePlanning_leavesThatWhenRolledBack() {
    RotationPlan plan = world.planner().plan();
    world.kms.disableKey(r -> r.keyId(world.key));
    world.approving().run(plan).requireComplete();

    assertRolledBack(plan);

    assertThat(world.state()).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void run_whenAnotherRetirementScheduledTheDeletion_isBlocked_andItsRollBackLeavesThat() {
    RotationPlan first = world.planner().plan();
    RotationPlan second = world.planner().plan();
    RotationRunner.Builder elsewhere =
        world.runner().journal(FileJournal.in(directory.resolve("elsewhere")));
    RetirementWorld.accepting(elsewhere, Phase.CUTOVER).run(first);
    world.accepting(Phase.CUTOVER).run(second);
    elsewhere
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build()
        .resume(first.runId())
        .requireComplete();

    assertStopped(
        world.approving().resume(second.runId()), RunStatus.BLOCKED, "and not by this run");

    assertRolledBack(second);
    assertThat(world.state()).isEqualTo(KeyState.PENDING_DELETION);
  }

  @Test
  void rollBack_whenSomebodyElseScheduledTheDeletion_saysSo() {
    RotationPlan plan = world.planner().plan();
    world.accepting(Phase.CUTOVER).run(plan);
    world.kms.scheduleKeyDeletion(r -> r.keyId(world.key));

    assertStopped(
        world.runner().build().rollBack(plan.runId()),
        RunStatus.BLOCKED,
        "scheduled for deletion, and not by this run",
        "CancelKeyDeletion");

    world.kms.cancelKeyDeletion(r -> r.keyId(world.key));
    assertRolledBack(plan);
    assertThat(world.state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void run_ofAReplica_retiresItAlone() {
    String primary = world.kms.createKey(r -> r.multiRegion(true)).keyMetadata().arn();
    world.kms.replicateKey(r -> r.keyId(primary).replicaRegion("eu-west-1"));
    world.pass(Duration.ofMinutes(1));
    String replica = primary.replace(world.aws.region(), "eu-west-1");
    try (KmsClient there = world.client("eu-west-1")) {
      KeyRetirementOptions options = world.options().client(there).build();
      RotationPlan plan = world.planner(replica).with(options).kmsClient(there).plan();

      world
          .runner()
          .with(options)
          .approval(Approvals.approveEveryPhaseIncludingDeletion())
          .build()
          .run(plan)
          .requireComplete();

      assertThat(there.describeKey(r -> r.keyId(replica)).keyMetadata().keyState())
          .isEqualTo(KeyState.PENDING_DELETION);
      assertThat(world.kms.describeKey(r -> r.keyId(primary)).keyMetadata().keyState())
          .isEqualTo(KeyState.ENABLED);
    }
  }

  @Test
  void run_whenThePrimaryGotAReplicaMeanwhile_isBlocked() {
    String primary = world.kms.createKey(r -> r.multiRegion(true)).keyMetadata().arn();
    RotationPlan plan = world.planner(primary).plan();
    world.kms.replicateKey(r -> r.keyId(primary).replicaRegion("eu-west-1"));
    world.pass(Duration.ofMinutes(1));

    assertStopped(
        world.approving().run(plan), RunStatus.BLOCKED, "inventory", "replica in eu-west-1");
  }

  @Test
  void rollBack_beforeCutover_changesNothing() {
    RotationPlan plan = world.planner().plan();
    world.runner().build().run(plan);

    assertRolledBack(plan);

    assertThat(changes()).isEmpty();
  }

  @Test
  void rollBack_beforeRetire_enablesTheKey() {
    RotationPlan plan = world.planner().plan();
    world.accepting(Phase.CUTOVER).run(plan);

    assertRolledBack(plan);

    assertThat(changes()).containsExactly("DisableKey", "EnableKey");
    world.use();
  }

  @Test
  void rollBack_ofTheFinishedRun_inTheWaitingPeriod_bringsTheKeyBackEnabled() {
    RotationPlan plan = world.planner().plan();
    world.approving().run(plan).requireComplete();
    world.pass(Duration.ofDays(29));

    assertRolledBack(plan);

    assertThat(changes())
        .containsExactly("DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "EnableKey");
    world.pass(Duration.ofDays(40));
    world.use();
  }

  @Test
  void rollBack_ofTheFinishedRun_afterTheWaitingPeriod_saysThatTheKeyIsGone() {
    KeyRetirementOptions shortest = world.options().pendingWindowInDays(7).build();
    RotationPlan plan = world.planner().with(shortest).plan();
    world.approving().run(plan).requireComplete();
    world.pass(Duration.ofDays(8));
    assertThatThrownBy(world::state).isInstanceOf(NotFoundException.class);

    assertStopped(
        world.runner().build().rollBack(plan.runId()),
        RunStatus.BLOCKED,
        "is gone: KMS has deleted it, its waiting period ended at 2026-12-08",
        "Nothing brings it back");
  }
}
