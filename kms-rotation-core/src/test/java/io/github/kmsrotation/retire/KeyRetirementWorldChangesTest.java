package io.github.kmsrotation.retire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KeyState;

/** A key that is used again while it is being retired. */
class KeyRetirementWorldChangesTest {

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

  private RotationPlan planThatAcceptsLateUse() {
    world.use();
    world.pass(Duration.ofHours(1));
    return world.planner().with(world.options().iAcceptThatTheKeyWasUsedLately().build()).plan();
  }

  private void assertBlocked(RotationReport report, KeyState state, String words) {
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(words);
    assertThat(world.state()).isEqualTo(state);
  }

  /** What was accepted is the use before the plan, since it had ended. */
  @Test
  void lateUse_thatWasAccepted_doesNotCoverAUseSinceThePlan() {
    RotationPlan plan = planThatAcceptsLateUse();
    world.pass(Duration.ofDays(3));
    world.use();
    world.pass(Duration.ofDays(1));

    assertBlocked(world.approving().run(plan), KeyState.ENABLED, "used");
  }

  @Test
  void lateUse_thatWasAccepted_doesNotStandInTheWay() {
    world.approving().run(planThatAcceptsLateUse()).requireComplete();
  }

  @Test
  void deletion_whenTheKeyWasEnabledAndUsedWhileItsApprovalWasAwaited_isBlocked() {
    RotationPlan plan = planThatAcceptsLateUse();
    RotationReport report = world.accepting(Phase.CUTOVER).run(plan);
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    world.kms.enableKey(r -> r.keyId(world.key));
    world.use();
    world.kms.disableKey(r -> r.keyId(world.key));
    world.pass(Duration.ofDays(1));

    assertBlocked(world.approving().resume(plan.runId()), KeyState.DISABLED, "used");
  }

  /** The only trace that a service leaves which is not asked, such as EBS. */
  @Test
  void grant_thatIsCreatedAfterThePlan_isBlocking() {
    RotationPlan plan = world.planner().plan();
    world.pass(Duration.ofDays(1));
    world.kms.createGrant(
        r ->
            r.keyId(world.key)
                .granteePrincipal("arn:aws:iam::111122223333:role/orders")
                .operations(GrantOperation.DECRYPT));

    assertBlocked(world.approving().run(plan), KeyState.ENABLED, "rant");
  }

  @Test
  void alias_thatAppearsWhileTheKeyIsObserved_blocksTheDeletion() {
    RotationPlan plan = world.planner().plan();
    world
        .aws
        .faults()
        .on("DisableKey")
        .then(() -> world.kms.createAlias(r -> r.aliasName("alias/back").targetKeyId(world.key)));

    assertBlocked(world.approving().run(plan), KeyState.DISABLED, "alias/back");
    assertThat(world.runner().build().rollBack(plan.runId()).status())
        .isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.state()).isEqualTo(KeyState.ENABLED);
  }
}
