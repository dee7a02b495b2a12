package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import io.github.kmsrotation.rds.data.JdbcComparison;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.ModifyDbInstanceRequest;

/** Promise 4: the replacement has every setting of the original. */
class RdsSettingsTest {

  /** What a new DB instance has of its own. */
  private static final Set<String> NEW_WITH_EVERY_INSTANCE =
      Set.of("DbiResourceId", "InstanceCreateTime", "KmsKeyId");

  /** What RDS tells and nobody sets; the embedded RDS does not tell it. */
  private static final Set<String> ONLY_TOLD =
      Set.of(
          "CertificateDetails",
          "DBSecurityGroups",
          "DbInstancePort",
          "EnhancedMonitoringResourceArn",
          "LatestRestorableTime",
          "StorageEncryptionType",
          "StorageOperationPercentProgress",
          "StorageOperationStatus",
          // Of a DB instance that is stopped, changing or replicating, which planning refuses.
          "AutomaticRestartTime",
          "PercentProgress",
          "StatusInfos",
          // RDS chooses them.
          "IsStorageConfigUpgradeAvailable",
          "SecondaryAvailabilityZone",
          "StorageVolumeStatus");

  /** Kept, where the engine or the place has it: PostgreSQL outside of Outposts has not. */
  private static final Set<String> KEPT_FOR_OTHERS =
      Set.of(
          "CharacterSetName",
          "CustomIamInstanceProfile",
          "CustomerOwnedIpEnabled",
          "MultiTenant",
          "NcharCharacterSetName",
          "Timezone");

  /** Kept as far as it can be; the plan warns. */
  private static final Set<String> NAMED_IN_THE_PLAN =
      Set.of(
          "AwsBackupRecoveryPointArn",
          "DBInstanceAutomatedBackupsReplications",
          "ListenerEndpoint",
          "MasterUserSecret",
          "UpgradeRolloutOrder");

  /** Planning refuses a DB instance that has it. */
  private static final Set<String> REFUSED =
      Set.of(
          "ActivityStreamStatus",
          "AdditionalStorageVolumes",
          "DBClusterIdentifier",
          "PendingModifiedValues",
          "ReadReplicaDBClusterIdentifiers",
          "ReadReplicaDBInstanceIdentifiers",
          "ReadReplicaSourceDBClusterIdentifier",
          "ReadReplicaSourceDBInstanceIdentifier",
          "TdeCredentialArn");

  /** Only what planning refuses has it: an activity stream, RDS Custom, a cluster or a replica. */
  private static final Set<String> ONLY_OF_WHAT_IS_REFUSED =
      Set.of(
          "ActivityStreamEngineNativeAuditFieldsIncluded",
          "ActivityStreamKinesisStreamName",
          "ActivityStreamKmsKeyId",
          "ActivityStreamMode",
          "ActivityStreamPolicyStatus",
          "AutomationMode",
          "DBSystemId",
          "PromotionTier",
          "ReplicaMode",
          "ResumeFullAutomationModeTime");

  /** A member that a newer SDK adds is in none, and fails the test until somebody has decided. */
  private static Set<String> decided() {
    return Stream.of(
            ONLY_TOLD, KEPT_FOR_OTHERS, NAMED_IN_THE_PLAN, REFUSED, ONLY_OF_WHAT_IS_REFUSED)
        .flatMap(Set::stream)
        .collect(Collectors.toSet());
  }

  @TempDir Path directory;
  private RdsWorld world;

  @BeforeEach
  void createDatabase() throws Exception {
    world = new RdsWorld(directory, UnusualSettings::apply);
    world.rds.addRoleToDBInstance(
        r ->
            r.dbInstanceIdentifier(RdsWorld.DATABASE)
                .featureName("s3Import")
                .roleArn("arn:aws:iam::123456789012:role/orders-import"));
    world.settle();
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static Map<String, Object> members(DBInstance instance) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (SdkField<?> field : instance.sdkFields()) {
      Object value = field.getValueOrDefault(instance);
      if (value != null && !NEW_WITH_EVERY_INSTANCE.contains(field.locationName())) {
        members.put(field.locationName(), value);
      }
    }
    return members;
  }

  @Test
  void rotation_whenEverySettingIsUnusual_keepsThemAll() {
    DBInstance before = world.instance(RdsWorld.DATABASE);

    world.approving().run(world.planner().plan()).requireComplete();

    DBInstance after = world.instance(RdsWorld.DATABASE);
    assertThat(members(after)).containsExactlyInAnyOrderEntriesOf(members(before));
    assertThat(after.kmsKeyId()).isEqualTo(world.keyArn);
  }

  @Test
  void rotation_whenItIsMultiAzOnProvisionedIops_keepsThat() {
    try (RdsWorld other =
        new RdsWorld(
            directory.resolve("multi-az"),
            r -> {
              UnusualSettings.apply(r);
              r.multiAZ(true).availabilityZone(null).storageType("io2").storageThroughput(null);
            })) {
      DBInstance before = other.instance(RdsWorld.DATABASE);

      other.approving().run(other.planner().plan()).requireComplete();

      assertThat(members(other.instance(RdsWorld.DATABASE)))
          .containsExactlyInAnyOrderEntriesOf(members(before))
          .containsEntry("MultiAZ", true)
          .containsEntry("StorageType", "io2");
    }
  }

  @Test
  void rotation_whenRdsManagesTheMasterPassword_keepsThatAndTheSecretsKey() throws Exception {
    world.rds.modifyDBInstance(
        r ->
            r.dbInstanceIdentifier(RdsWorld.DATABASE)
                .manageMasterUserPassword(true)
                .masterUserSecretKmsKeyId(RdsWorld.INSIGHTS_KEY_ALIAS)
                .applyImmediately(true));
    world.settle();
    DBInstance before = world.instance(RdsWorld.DATABASE);
    assertThat(before.masterUserSecret()).isNotNull();

    RdsOptions options =
        world
            .options()
            .verifyData(
                JdbcComparison.builder()
                    .database("orders")
                    .user("orders_admin")
                    .passwordOf(this::managedPassword)
                    .build())
            .build();
    world
        .runner()
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .build()
        .run(world.planner().with(options).plan())
        .requireComplete();

    DBInstance after = world.instance(RdsWorld.DATABASE);
    assertThat(after.kmsKeyId()).isEqualTo(world.keyArn);
    assertThat(after.masterUserSecret().kmsKeyId()).isEqualTo(before.masterUserSecret().kmsKeyId());
    assertThat(after.masterUserSecret().secretArn())
        .isNotEqualTo(before.masterUserSecret().secretArn());
  }

  private String managedPassword(DatabaseEndpoint endpoint) {
    DBInstance instance = world.instance(endpoint.dbInstanceIdentifier());
    return world.aws.rds().masterPassword(instance.masterUserSecret().secretArn()).orElseThrow();
  }

  @Test
  void unusualSettings_areThereForEveryMemberOfADbInstance() {
    DBInstance instance = world.instance(RdsWorld.DATABASE);

    assertThat(
            instance.sdkFields().stream()
                .filter(field -> !isSet(field.getValueOrDefault(instance)))
                .map(SdkField::locationName)
                .collect(Collectors.toSet()))
        .isSubsetOf(decided());
  }

  /** Whoever decides about a member that a newer SDK adds writes it down there, too. */
  @Test
  void docs_sayWhatBecomesOfEveryMember() throws IOException {
    String rows =
        DBInstance.builder().build().sdkFields().stream()
            .map(SdkField::locationName)
            .sorted()
            .map(member -> "| `" + member + "` | " + fate(member) + " |\n")
            .collect(Collectors.joining());

    assertThat(Files.readString(Path.of("..", "docs", "rds-settings.md")))
        .endsWith("|---|---|\n" + rows);
  }

  private static String fate(String member) {
    if (NEW_WITH_EVERY_INSTANCE.contains(member)) {
      return member.equals("KmsKeyId") ? "the new key" : "new";
    }
    if (ONLY_TOLD.contains(member)) {
      return "told by RDS only";
    }
    if (KEPT_FOR_OTHERS.contains(member)) {
      return "kept, where the engine or the place has it";
    }
    if (NAMED_IN_THE_PLAN.contains(member)) {
      return "kept as far as it can be; the plan says so";
    }
    if (REFUSED.contains(member)) {
      return "a DB instance that has it is refused";
    }
    if (ONLY_OF_WHAT_IS_REFUSED.contains(member)) {
      return "only of what is refused";
    }
    return member.equals("AvailabilityZone")
        ? "kept; a blue/green deployment has it chosen by RDS, and the plan says so"
        : "kept";
  }

  private static boolean isSet(@Nullable Object value) {
    return value != null && !(value instanceof Collection<?> c && c.isEmpty());
  }

  private static Named<Consumer<ModifyDbInstanceRequest.Builder>> meddling(
      String name, Consumer<ModifyDbInstanceRequest.Builder> change) {
    return Named.of(name, change);
  }

  /** Each is something that another administrator might do to the replacement meanwhile. */
  static Stream<Named<Consumer<ModifyDbInstanceRequest.Builder>>> meddlings() {
    return Stream.of(
        meddling("backups", m -> m.backupRetentionPeriod(1)),
        meddling("protection", m -> m.deletionProtection(false)),
        meddling("insights", m -> m.enablePerformanceInsights(false)),
        meddling("storage limit", m -> m.maxAllocatedStorage(1_000)),
        meddling("security groups", m -> m.vpcSecurityGroupIds("sg-0a1b2c3d4e5f60009")));
  }

  @ParameterizedTest
  @MethodSource("meddlings")
  void cutover_whenTheReplacementDiffersAfterAll_isRefused(
      Consumer<ModifyDbInstanceRequest.Builder> meddling) {
    RotationPlan plan = world.planner().plan();
    String replacement = new RdsNames(RdsWorld.DATABASE, plan.runId()).replacement();
    RotationListener meddler =
        new RotationListener() {
          @Override
          public void onStepDone(
              RotationPlan running, StepDescription step, StepOutcome.Done outcome) {
            if (step.id().equals("apply-settings")) {
              world.rds.modifyDBInstance(
                  r -> {
                    r.dbInstanceIdentifier(replacement).applyImmediately(true);
                    meddling.accept(r);
                  });
              world.settle();
            }
          }
        };

    RotationReport report =
        world
            .runner()
            .approval(Approvals.approveEveryPhaseIncludingDeletion())
            .listener(meddler)
            .build()
            .run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("verify-settings");
    assertThat(world.aws.rds().instances())
        .isEqualTo(Map.of(RdsWorld.DATABASE, "available", replacement, "available"));
  }
}
