package io.github.kmsrotation.journal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.kms.KeyOptions;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rotations whose runners come and go. */
class DynamoDbRotationTest {

  private static final String ALIAS = "alias/orders";

  private final JournalWorld world = new JournalWorld();

  @BeforeEach
  void key() {
    String key = world.kms.createKey().keyMetadata().keyId();
    world.kms.createAlias(r -> r.aliasName(ALIAS).targetKeyId(key));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationPlan plan() {
    return RotationPlanner.forKey(ALIAS)
        .because(RotationReason.NEW_MATERIAL_REQUESTED)
        .with(options())
        .kmsClient(world.kms)
        .plan();
  }

  private KeyOptions options() {
    return KeyOptions.builder().client(world.kms).build();
  }

  private RotationRunner runner(JournalWorld.Machine process) {
    return RotationRunner.builder()
        .journal(process.journal)
        .with(options())
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .sleeper(world.aws.clock()::advance)
        .clock(world.aws.clock())
        .build();
  }

  private List<String> rotatingCalls() {
    return world.aws.calls().mutating().stream()
        .filter(call -> call.service().equals("kms") && call.tookEffect())
        .map(Call::operation)
        .filter(operation -> operation.contains("Rotat"))
        .toList();
  }

  @Test
  void run_thatDiesAfterACall_goesOnOnAnotherMachine_andMakesTheCallOnce() {
    JournalWorld.Machine dying = world.machine();
    RotationPlan plan = plan();
    String rotating =
        plan.steps().stream()
            .flatMap(s -> s.calls().stream())
            .filter(call -> call.contains("Rotat"))
            .findFirst()
            .orElseThrow()
            .substring(4);
    world.aws.faults().on(rotating).dropAfter(dying::die);

    assertThatThrownBy(() -> runner(dying).run(plan)).isInstanceOf(RuntimeException.class);
    RotationReport report = runner(world.machine()).resume(plan.runId());

    assertThat(report.status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(rotatingCalls()).containsExactly("RotateKeyOnDemand");
  }

  @Test
  void run_thatIsTakenOver_sendsNoFurtherCall() {
    JournalWorld.Machine stale = world.machine();
    RotationPlan plan = plan();
    RotationRunner taken =
        RotationRunner.builder()
            .journal(stale.journal)
            .with(options())
            .listener(
                new RotationListener() {
                  @Override
                  public void onStepStarted(RotationPlan of, StepDescription step) {
                    world.endLeaseOfOwner(of.runId());
                    world.machine().journal.open(of.runId());
                  }
                })
            .build();

    assertThatThrownBy(() -> taken.run(plan)).isInstanceOf(RunInUseException.class);

    assertThat(rotatingCalls()).isEmpty();
  }
}
