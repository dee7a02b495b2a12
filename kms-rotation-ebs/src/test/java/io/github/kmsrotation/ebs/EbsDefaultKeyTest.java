package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The account's default key for EBS becomes the new one; a roll-back leaves it as it was. */
class EbsDefaultKeyTest {

  @TempDir Path directory;
  private EbsWorld world;

  @BeforeEach
  void start() {
    world = new EbsWorld(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private String defaultKey() {
    return world.ec2.getEbsDefaultKmsKeyId(r -> {}).kmsKeyId();
  }

  private RotationPlan plan() {
    return world
        .application
        .defaultKeyPlanner()
        .clock(world.aws.clock())
        .with(world.application.undecided().build())
        .plan();
  }

  private RotationReport rolledBackAfterCutover(RotationPlan plan) {
    RotationReport stopped =
        world
            .runner()
            .approval(Approvals.before(Phase.OBSERVE, request -> Approval.later()))
            .build()
            .run(plan);
    assertThat(stopped.status()).as(stopped.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    assertThat(defaultKey()).isEqualTo(world.newKey);
    return world.runner().build().rollBack(plan.runId());
  }

  @Test
  void defaultKey_isTheNewOne_andNewVolumesGoUnderIt() {
    RotationPlan plan = plan();
    assertThat(plan.warnings().toString()).contains("Encryption by default is off");

    world.approving().run(plan).requireComplete();

    assertThat(defaultKey()).isEqualTo(world.newKey);
    String volume = world.volume(r -> r.kmsKeyId(null));
    assertThat(world.describe(volume).kmsKeyId()).isEqualTo(world.newKey);
  }

  @Test
  void plan_whereEncryptionByDefaultIsOn_doesNotWarnOfIt() {
    world.ec2.enableEbsEncryptionByDefault(r -> {});

    assertThat(plan().warnings().toString()).doesNotContain("Encryption by default is off");
  }

  @Test
  void rollBack_resetsToTheAwsManagedKey() {
    String before = defaultKey();

    assertThat(rolledBackAfterCutover(plan()).status()).isEqualTo(RunStatus.ROLLED_BACK);

    assertThat(defaultKey()).isEqualTo(before);
  }

  @Test
  void rollBack_setsTheFormerCustomerKey() {
    world.ec2.modifyEbsDefaultKmsKeyId(r -> r.kmsKeyId(world.oldKey));

    assertThat(rolledBackAfterCutover(plan()).status()).isEqualTo(RunStatus.ROLLED_BACK);

    assertThat(defaultKey()).isEqualTo(world.oldKey);
  }

  @Test
  void run_whereSomebodyChangedTheDefaultSince_doesNothing() {
    RotationPlan plan = plan();
    world.ec2.modifyEbsDefaultKmsKeyId(r -> r.kmsKeyId(world.oldKey));

    RotationReport report = world.approving().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains(world.oldKey);
    assertThat(defaultKey()).isEqualTo(world.oldKey);
  }

  @Test
  void plan_whereItIsTheDefaultAlready_saysThatThereIsNothingToDo() {
    world.ec2.modifyEbsDefaultKmsKeyId(r -> r.kmsKeyId(world.newKey));

    PlanningException refusal = catchThrowableOfType(PlanningException.class, this::plan);

    assertThat(refusal.problems())
        .singleElement()
        .extracting(Notice::remedy)
        .isEqualTo("There is nothing to do.");
  }
}
