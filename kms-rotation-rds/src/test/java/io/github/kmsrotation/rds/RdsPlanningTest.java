package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyFactsReader;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.Verification;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.RdsTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is said, all of it at once, before anything is changed. */
class RdsPlanningTest {

  @TempDir static Path directory;
  private static RdsWorld world;

  @BeforeAll
  static void createDatabase() {
    world = new RdsWorld(directory);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  @BeforeEach
  void forgetCalls() {
    world.aws.calls().clear();
  }

  @AfterEach
  void clearFaults() {
    world.aws.faults().clear();
  }

  private List<Notice> problemsOf(RotationPlanner<RdsTarget> planner) {
    int mutating = world.aws.calls().mutating().size();
    PlanningException refusal = catchThrowableOfType(PlanningException.class, planner::plan);
    assertThat(refusal).as("planning was refused").isNotNull();
    assertThat(refusal).hasMessageContaining("Nothing was changed");
    assertThat(world.aws.calls().mutating()).hasSize(mutating);
    return refusal.problems();
  }

  private Notice problemOf(RotationPlanner<RdsTarget> planner) {
    List<Notice> problems = problemsOf(planner);
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString()).doesNotContain("null");
    return problems.get(0);
  }

  private RotationPlanner<RdsTarget> planner(String database) {
    return RotationPlanner.forRds(database)
        .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
        .toKey(RdsApplication.KEY_ALIAS)
        .with(world.options().build())
        .kmsClient(world.kms)
        .calls(RdsApplication.quick());
  }

  @Test
  void plan_ofADatabaseThatIsNotThere_saysWhereToLook() {
    Notice problem = problemOf(planner("orders-prdo"));

    assertThat(problem.resource()).isEqualTo("orders-prdo");
    assertThat(problem.text()).isEqualTo("There is no such DB instance.");
    assertThat(problem.remedy()).contains("Region and account");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-orders", "orders--prod", "orders prod", "1orders", "orders-"})
  void forRds_ofWhatIsNoIdentifier_isRefusedBeforeAnyCall(String identifier) {
    assertThatThrownBy(() -> RotationPlanner.forRds(identifier))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + identifier + "'");
    assertThat(world.aws.calls().all()).isEmpty();
  }

  @Test
  void plan_withoutAReason_asksForIt() {
    assertThatThrownBy(() -> RotationPlanner.forRds("orders-prod").kmsClient(world.kms).plan())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("because(RotationReason...)");
  }

  @Test
  void plan_toAKeyOfAnotherRegion_namesBothRegions() {
    Notice problem =
        problemOf(world.planner().toKey(world.keyArn.replace("eu-central-1", "us-east-1")));

    assertThat(problem.text()).isEqualTo("The key is not in eu-central-1.");
    assertThat(problem.resource()).contains("us-east-1");
  }

  @Test
  void plan_toAKeyThatIsNotThere_namesIt() {
    assertThat(problemOf(world.planner().toKey("alias/orders-2062")).text())
        .contains("There is no KMS key 'alias/orders-2062'");
  }

  @Test
  void plan_toAnAsymmetricKey_saysWhichSortIsNeeded() {
    String rsa =
        world
            .kms
            .createKey(r -> r.keySpec("RSA_2048").keyUsage("ENCRYPT_DECRYPT"))
            .keyMetadata()
            .arn();

    Notice problem = problemOf(world.planner().toKey(rsa));

    assertThat(problem.resource()).isEqualTo(rsa);
    assertThat(problem.text()).isEqualTo("The key's spec is RSA_2048.");
    assertThat(problem.remedy()).contains("SYMMETRIC_DEFAULT");
  }

  @Test
  void plan_toADisabledKey_saysSo() {
    String disabled = world.kms.createKey().keyMetadata().arn();
    world.kms.disableKey(r -> r.keyId(disabled));

    assertThat(problemOf(world.planner().toKey(disabled)).text()).isEqualTo("The key is DISABLED.");
  }

  @Test
  void plan_toAKeyThatIsGoingToBeDeleted_saysSo() {
    String dying = world.kms.createKey().keyMetadata().arn();
    world.kms.scheduleKeyDeletion(r -> r.keyId(dying).pendingWindowInDays(7));

    assertThat(problemOf(world.planner().toKey(dying)).text())
        .isEqualTo("The key is PENDING_DELETION.");
  }

  @Test
  void plan_toAKeyWithoutMaterial_saysSo() {
    String empty = world.kms.createKey(r -> r.origin("EXTERNAL")).keyMetadata().arn();

    assertThat(problemOf(world.planner().toKey(empty)).text())
        .isEqualTo("The key is PENDING_IMPORT.");
  }

  @Test
  void plan_toTheKeyThatTheDatabaseHas_saysThatThereIsNothingToDo() {
    String current = world.instance(RdsWorld.DATABASE).kmsKeyId();

    assertThat(problemsOf(world.planner().toKey("alias/aws/rds")))
        .extracting(Notice::text)
        .containsExactly("It is under " + current + " already.", "The key is managed by AWS.");
  }

  @Test
  void plan_withoutAKeyWhereDataHasToMove_saysWhichKeyToMake() {
    RotationPlanner<RdsTarget> planner =
        RotationPlanner.forRds("orders-prod")
            .because(RotationReason.LEAVE_AWS_MANAGED_KEY)
            .with(world.options().build())
            .kmsClient(world.kms);

    assertThat(problemOf(planner).remedy()).contains("eu-central-1", "toKey(...)");
  }

  @Test
  void plan_forAReasonThatNeedsNoDataMoved_saysWhatServesInstead() {
    Notice problem = problemOf(world.planner().because(RotationReason.SCHEDULE_REQUIRED));

    assertThat(problem.text()).contains("needs no data moved", "AWS");
    assertThat(problem.remedy()).contains("NEW_KEY_REQUESTED");
  }

  private RdsOptions bySnapshots() {
    return RdsOptions.builder().client(world.rds).blueGreen(BlueGreen.NEVER).build();
  }

  @Test
  void plan_withoutFreezeAndDataVerifier_asksForTheDecisionOfBoth() {
    List<Notice> problems = problemsOf(world.planner().with(bySnapshots()));

    assertThat(problems)
        .extracting(Notice::remedy)
        .satisfiesExactly(
            freeze -> assertThat(freeze).contains("iAcceptLosingWritesMadeAfterTheSnapshot"),
            data -> assertThat(data).contains("iAcceptThatTheDataIsNotCompared"));
  }

  @Test
  void plan_whenSeveralCallsAreDenied_namesEveryOne() {
    world.aws.faults().on("DescribeBlueGreenDeployments").error("AccessDenied", 403);
    world.aws.faults().on("DescribeAccountAttributes").error("AccessDenied", 403);
    world.aws.faults().on("DescribeEventSubscriptions").error("AccessDenied", 403);
    world.aws.faults().on("DescribeKey").error("AccessDeniedException", 400);

    assertThat(problemsOf(world.planner()))
        .extracting(Notice::text)
        .satisfiesExactly(
            text -> assertThat(text).contains("rds:DescribeBlueGreenDeployments"),
            text -> assertThat(text).contains("rds:DescribeAccountAttributes"),
            text -> assertThat(text).contains("rds:DescribeEventSubscriptions"),
            text -> assertThat(text).contains("kms:DescribeKey"));
  }

  @Test
  void plan_whenTheDatabaseMayNotBeSeen_namesThePermission() {
    world.aws.faults().on("DescribeDBInstances").error("AccessDenied", 403);

    assertThat(problemOf(world.planner()).text()).contains("rds:DescribeDBInstances", "Grant");
  }

  @Test
  void plan_whenThereIsMuchWrong_saysAllOfIt() {
    String disabled = world.kms.createKey().keyMetadata().arn();
    world.kms.disableKey(r -> r.keyId(disabled));

    assertThat(problemsOf(world.planner().toKey(disabled).with(bySnapshots()))).hasSize(3);
  }

  @Test
  void plan_ofAReadReplicaOrItsSource_saysWhatToRotate() {
    world.rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier("sales")
                .engine("mysql")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(20)
                .masterUsername("admin")
                .masterUserPassword(RdsWorld.PASSWORD)
                .storageEncrypted(true));
    world.settle();
    world.rds.createDBInstanceReadReplica(
        r -> r.dbInstanceIdentifier("sales-replica").sourceDBInstanceIdentifier("sales"));
    world.settle();

    RdsOptions otherEngine =
        world.options().verifyData((original, other) -> Verification.passed(List.of())).build();
    assertThat(problemOf(planner("sales").with(otherEngine)).text()).contains("sales-replica");
    assertThat(problemOf(planner("sales-replica").with(otherEngine)).remedy())
        .contains("rotate the source");
    assertThat(problemsOf(planner("sales")))
        .extracting(Notice::text)
        .anySatisfy(text -> assertThat(text).contains("JdbcComparison", "sales is mysql"));
  }

  @Test
  void plan_whenTheNamesItWouldUseAreTaken_namesEveryOne() {
    RunId runId = new RunId("abcdefghij");
    RdsNames names = new RdsNames(RdsWorld.DATABASE, runId);
    world.rds.createDBSnapshot(
        r -> r.dbInstanceIdentifier("orders-prod").dbSnapshotIdentifier(names.rekeyedSnapshot()));
    world.settle();
    world.rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier(names.asideName())
                .engine("mysql")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(20)
                .masterUsername("admin")
                .masterUserPassword(RdsWorld.PASSWORD));
    AwsCalls calls = new AwsCalls(RdsApplication.quick());
    PlanRequest<RdsTarget> request =
        new PlanRequest<>(
            new RdsTarget(RdsWorld.DATABASE),
            Optional.of(RotationReason.LEAVE_AWS_MANAGED_KEY),
            Optional.of(RdsApplication.KEY_ALIAS),
            Optional.of(world.options().build()),
            world.kms,
            new KeyFactsReader(world.kms, calls),
            calls,
            runId,
            world.aws.clock());

    assertThatThrownBy(() -> new RdsStrategy().plan(request))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("A DB instance '" + names.asideName() + "' is there already.")
        .hasMessageContaining("A DB snapshot '" + names.rekeyedSnapshot() + "' is there already.");
  }

  @Test
  void plan_isDataThatSaysWhatItWillCallAndWhatCannotBeUndone() {
    RotationPlan plan = world.planner().plan();

    assertThat(plan.describe())
        .contains(
            "rds:CopyDBSnapshot",
            "rds:DeleteDBInstance",
            "CANNOT BE UNDONE",
            "Writes made since the cutover are kept in a final DB snapshot of the replacement");
    assertThat(RotationPlan.fromJson(plan.toJson())).isEqualTo(plan);
  }
}
