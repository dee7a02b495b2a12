package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.aws.AwsCalls;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.KeyUse;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.rds.model.DBCluster;
import software.amazon.awssdk.services.rds.model.DBClusterAutomatedBackup;
import software.amazon.awssdk.services.rds.model.DBClusterSnapshot;
import software.amazon.awssdk.services.rds.model.DBEngineVersion;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBInstanceAutomatedBackup;
import software.amazon.awssdk.services.rds.model.DBSnapshot;
import software.amazon.awssdk.services.rds.model.ExportTask;
import software.amazon.awssdk.services.rds.model.Integration;
import software.amazon.awssdk.services.rds.model.TenantDatabase;

/** What of RDS's answers is a use of a key, each once; of what the embedded RDS does not have. */
class RdsUsesTest {

  private static final String KEY =
      "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  private static final String OTHER_KEY =
      "arn:aws:kms:eu-central-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab";

  private final KeyLook look = new KeyLook(new KeyArn(KEY), new AwsCalls(RdsApplication.quick()));

  private static DBCluster cluster(String key) {
    return DBCluster.builder()
        .dbClusterIdentifier("orders")
        .engine("aurora-postgresql")
        .kmsKeyId(key)
        .performanceInsightsKMSKeyId(key)
        .masterUserSecret(s -> s.kmsKeyId(key))
        .activityStreamKmsKeyId(key)
        .build();
  }

  private static DBInstance member() {
    return DBInstance.builder()
        .dbInstanceIdentifier("orders-1")
        .dbClusterIdentifier("orders")
        .kmsKeyId(KEY)
        .performanceInsightsKMSKeyId(KEY)
        .build();
  }

  private KeyUse onlyUse() {
    assertThat(look.uses()).hasSize(1);
    return look.uses().get(0);
  }

  @Test
  void cluster_usesTheKeyForEachOfItsFourThings() {
    DatabaseUse.look(cluster(KEY), look);

    assertThat(look.uses())
        .extracting(KeyUse::resource)
        .containsOnly("DB cluster orders (aurora-postgresql)")
        .hasSize(4);
    assertThat(look.uses().get(0).what()).contains("RestoreDBClusterFromSnapshot");
  }

  @Test
  void cluster_underAnotherKey_usesItForNothing() {
    DatabaseUse.look(cluster(OTHER_KEY), look);

    assertThat(look.uses()).isEmpty();
  }

  @Test
  void memberOfACluster_isNotListedForWhatItsClusterIsListedFor() {
    DatabaseUse.look(member(), Optional.of(cluster(KEY)), look);

    assertThat(look.uses()).isEmpty();
  }

  @Test
  void memberOfACluster_isListedForWhatIsItsOwn() {
    DBCluster withoutInsights =
        cluster(KEY).toBuilder().performanceInsightsKMSKeyId(OTHER_KEY).build();

    DatabaseUse.look(member(), Optional.of(withoutInsights), look);

    assertThat(onlyUse().resource()).isEqualTo("DB instance orders-1 of DB cluster orders");
    assertThat(onlyUse().what()).contains("Performance Insights");
  }

  @Test
  void memberOfAClusterThatWasNotSeen_isListed_withAdviceForTheCluster() {
    DatabaseUse.look(member(), Optional.empty(), look);

    assertThat(look.uses()).hasSize(2);
    assertThat(look.uses().get(0).what())
        .contains("RestoreDBClusterFromSnapshot")
        .doesNotContain("forRds");
  }

  @Test
  void snapshotOfAwsBackup_isToBeDeletedThere() {
    BackupUse.look(
        DBSnapshot.builder()
            .dbSnapshotIdentifier("awsbackup:job-1")
            .snapshotType("awsbackup")
            .kmsKeyId(KEY)
            .build(),
        look);
    assertThat(onlyUse().what()).contains("delete it in AWS Backup");
  }

  @Test
  void snapshot_thatTwoListsHold_isListedOnce() {
    DBClusterSnapshot snapshot =
        DBClusterSnapshot.builder()
            .dbClusterSnapshotIdentifier("awsbackup:job-2")
            .snapshotType("awsbackup")
            .kmsKeyId(KEY)
            .build();
    BackupUse.look(snapshot, look);
    BackupUse.look(snapshot, look);

    assertThat(onlyUse().resource()).isEqualTo("DB cluster snapshot awsbackup:job-2 (awsbackup)");
  }

  @Test
  void automatedBackupOfAwsBackup_isToBeDeletedThere() {
    BackupUse.look(
        DBInstanceAutomatedBackup.builder()
            .dbInstanceIdentifier("orders")
            .dbInstanceArn("arn:aws:rds:eu-central-1:111122223333:db:orders")
            .status("retained")
            .awsBackupRecoveryPointArn("arn:aws:backup:point")
            .kmsKeyId(KEY)
            .build(),
        look);

    assertThat(onlyUse().what()).contains("AWS Backup", "arn:aws:backup:point");
  }

  @ParameterizedTest
  @CsvSource({"retained,eu-central-1,1", "active,eu-central-1,0", "active,us-east-1,1"})
  void automatedBackupOfACluster_isListedUnlessItIsThatOfAClusterThatIsThere(
      String status, String region, int uses) {
    BackupUse.look(
        DBClusterAutomatedBackup.builder()
            .dbClusterIdentifier("orders")
            .dbClusterArn("arn:aws:rds:" + region + ":111122223333:cluster:orders")
            .status(status)
            .kmsKeyId(KEY)
            .build(),
        look);

    assertThat(look.uses()).hasSize(uses);
  }

  @Test
  void automatedBackup_ofWhichRdsDoesNotTellTheSource_isListed() {
    BackupUse.look(
        DBInstanceAutomatedBackup.builder().status("active").kmsKeyId(KEY).build(), look);

    assertThat(look.uses()).hasSize(1);
  }

  @Test
  void secretOfATenantDatabase_isAUse() {
    OtherUse.look(
        TenantDatabase.builder()
            .tenantDBName("T1")
            .dbInstanceIdentifier("orders")
            .masterUserSecret(s -> s.kmsKeyId(KEY))
            .build(),
        look);
    OtherUse.look(TenantDatabase.builder().tenantDBName("T2").build(), look);

    assertThat(onlyUse().resource()).isEqualTo("tenant database T1 of DB instance orders");
  }

  @Test
  void customEngineVersion_isAUse_andNoOther() {
    OtherUse.look(
        DBEngineVersion.builder()
            .engine("custom-oracle-ee")
            .engineVersion("19.cev1")
            .kmsKeyId(KEY)
            .build(),
        look);
    OtherUse.look(DBEngineVersion.builder().engine("mysql").engineVersion("8.4").build(), look);

    assertThat(onlyUse().resource()).isEqualTo("custom engine version custom-oracle-ee 19.cev1");
  }

  @Test
  void integration_isAUse_alsoByTheKeysId() {
    String keyId = new KeyArn(KEY).keyId();

    OtherUse.look(Integration.builder().integrationName("lake").kmsKeyId(keyId).build(), look);

    assertThat(onlyUse().resource()).isEqualTo("zero-ETL integration lake");
  }

  @ParameterizedTest
  @CsvSource({
    "STARTING,1",
    "IN_PROGRESS,1",
    "CANCELING,1",
    "A_STATUS_OF_LATER,1",
    "COMPLETE,0",
    "FAILED,0",
    "CANCELED,0"
  })
  void export_isAUseUntilItHasEnded(String status, int uses) {
    OtherUse.look(
        ExportTask.builder()
            .exportTaskIdentifier("e")
            .s3Bucket("b")
            .status(status)
            .kmsKeyId(KEY)
            .build(),
        look);

    assertThat(look.uses()).hasSize(uses);
  }
}
