package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.CreateDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.DBInstanceAutomatedBackup;
import software.amazon.awssdk.services.rds.model.DeleteDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.DescribeDbInstanceAutomatedBackupsRequest;
import software.amazon.awssdk.services.rds.model.Filter;
import software.amazon.awssdk.services.rds.model.RdsException;

/** Automated backups of DB instances: in use, retained until they expire, replicated. */
class EmbeddedRdsAutomatedBackupsTest {

  private static final String OTHER_REGION = "us-east-1";

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final RdsClient rds = Clients.of(RdsClient.builder(), aws);
  private final KmsClient kms = Clients.of(KmsClient.builder(), aws);
  private final RdsClient rdsElsewhere =
      Clients.of(RdsClient.builder(), aws.endpoint(), OTHER_REGION);
  private final KmsClient kmsElsewhere =
      Clients.of(KmsClient.builder(), aws.endpoint(), OTHER_REGION);
  private final String key = kms.createKey().keyMetadata().arn();

  @AfterEach
  void close() {
    rds.close();
    kms.close();
    rdsElsewhere.close();
    kmsElsewhere.close();
    aws.close();
  }

  private void create(Consumer<CreateDbInstanceRequest.Builder> settings) {
    rds.createDBInstance(
        r -> {
          r.dbInstanceIdentifier("orders")
              .engine("mysql")
              .dbInstanceClass("db.m7g.large")
              .allocatedStorage(20)
              .masterUsername("orders_admin")
              .masterUserPassword("secret-password")
              .storageEncrypted(true)
              .kmsKeyId(key);
          settings.accept(r);
        });
  }

  private void createAndSettle() {
    create(r -> r.backupRetentionPeriod(5));
    settle();
  }

  private void settle() {
    aws.clock().advance(Duration.ofHours(1));
  }

  private void delete(Consumer<DeleteDbInstanceRequest.Builder> settings) {
    rds.deleteDBInstance(
        r -> {
          r.dbInstanceIdentifier("orders").skipFinalSnapshot(true);
          settings.accept(r);
        });
  }

  private void deleteKeepingBackups() {
    delete(r -> r.deleteAutomatedBackups(false));
  }

  private List<DBInstanceAutomatedBackup> backups() {
    return backups(r -> {});
  }

  private List<DBInstanceAutomatedBackup> backups(
      Consumer<DescribeDbInstanceAutomatedBackupsRequest.Builder> which) {
    return rds.describeDBInstanceAutomatedBackups(which).dbInstanceAutomatedBackups();
  }

  private static Consumer<DescribeDbInstanceAutomatedBackupsRequest.Builder> filter(
      String name, String value) {
    return r -> r.filters(Filter.builder().name(name).values(value).build());
  }

  private static void assertRefused(ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RdsException.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  @Test
  void backup_ofADbInstance_isCreating_thenActive_underItsKey() {
    create(r -> {});
    assertThat(backups()).singleElement().extracting("status").isEqualTo("creating");

    settle();

    DBInstanceAutomatedBackup backup = backups().get(0);
    assertThat(backup.status()).isEqualTo("active");
    assertThat(backup.kmsKeyId()).isEqualTo(key);
    assertThat(backup.encrypted()).isTrue();
    assertThat(backup.dbInstanceArn()).endsWith(":db:orders");
    assertRefused(
        () -> rds.deleteDBInstanceAutomatedBackup(r -> r.dbiResourceId(backup.dbiResourceId())),
        "InvalidDBInstanceAutomatedBackupState");
  }

  @Test
  void backup_ofADbInstanceWithoutRetention_isNone() {
    create(r -> r.backupRetentionPeriod(0));
    settle();

    assertThat(backups()).isEmpty();
    deleteKeepingBackups();
    settle();
    assertThat(backups()).isEmpty();
  }

  @Test
  void backup_whenTheDbInstanceIsDeleted_goesWithIt_unlessItIsToBeKept() {
    createAndSettle();
    delete(r -> {});
    settle();
    assertThat(backups()).isEmpty();

    createAndSettle();
    deleteKeepingBackups();
    assertThat(backups()).singleElement().extracting("status").isEqualTo("active");
    settle();
    assertThat(backups()).singleElement().extracting("status").isEqualTo("retained");
  }

  @Test
  void retainedBackups_areAsManyAsDbInstancesMayBe() {
    for (int i = 0; i < 40; i++) {
      createAndSettle();
      deleteKeepingBackups();
      settle();
    }
    assertThat(backups()).hasSize(40);
    createAndSettle();

    assertRefused(this::deleteKeepingBackups, "DBInstanceAutomatedBackupQuotaExceeded");
    delete(r -> r.deleteAutomatedBackups(true));
  }

  @Test
  void retainedBackup_expiresWithTheRetentionPeriod() {
    createAndSettle();
    deleteKeepingBackups();

    aws.clock().advance(Duration.ofDays(5));
    assertThat(backups()).hasSize(1);
    aws.clock().advance(Duration.ofHours(1));
    assertThat(backups()).isEmpty();
  }

  @Test
  void retainedBackup_isDeletedByItsResourceIdOrArn() {
    createAndSettle();
    deleteKeepingBackups();
    settle();
    DBInstanceAutomatedBackup backup = backups().get(0);
    assertRefused(
        () -> rds.deleteDBInstanceAutomatedBackup(r -> {}), "InvalidParameterCombination");

    rds.deleteDBInstanceAutomatedBackup(
        r -> r.dbInstanceAutomatedBackupsArn(backup.dbInstanceAutomatedBackupsArn()));
    settle();

    assertThat(backups()).isEmpty();
    assertRefused(
        () -> rds.deleteDBInstanceAutomatedBackup(r -> r.dbiResourceId(backup.dbiResourceId())),
        "DBInstanceAutomatedBackupNotFound");
  }

  @Test
  void describe_takesIdentifiersAndFilters_andRefusesOthers() {
    createAndSettle();
    deleteKeepingBackups();
    settle();
    createAndSettle();

    assertThat(backups()).extracting("status").containsExactly("active", "retained");
    assertThat(backups(filter("status", "retained"))).hasSize(1);
    assertThat(backups(filter("db-instance-id", "orders"))).hasSize(2);
    String resourceId = backups().get(1).dbiResourceId();
    assertThat(backups(r -> r.dbiResourceId(resourceId)))
        .singleElement()
        .extracting("status")
        .isEqualTo("retained");
    assertRefused(
        () -> backups(r -> r.dbInstanceIdentifier("other")), "DBInstanceAutomatedBackupNotFound");
    assertRefused(() -> backups(filter("engine", "mysql")), "InvalidParameterValue");
  }

  @Test
  void replicatedBackup_isInTheOtherRegion_underAKeyOfThat_andRetainedOnceStopped() {
    createAndSettle();
    String source = rds.describeDBInstances().dbInstances().get(0).dbInstanceArn();
    assertRefused(
        () ->
            rdsElsewhere.startDBInstanceAutomatedBackupsReplication(
                r -> r.sourceDBInstanceArn(source)),
        "InvalidParameterCombination");
    assertRefused(
        () -> rds.startDBInstanceAutomatedBackupsReplication(r -> r.sourceDBInstanceArn(source)),
        "InvalidParameterValue");
    String keyThere = kmsElsewhere.createKey().keyMetadata().arn();

    rdsElsewhere.startDBInstanceAutomatedBackupsReplication(
        r -> r.sourceDBInstanceArn(source).kmsKeyId(keyThere).backupRetentionPeriod(2));
    settle();

    DBInstanceAutomatedBackup replica = backupsElsewhere().get(0);
    assertThat(replica.status()).isEqualTo("replicating");
    assertThat(replica.kmsKeyId()).isEqualTo(keyThere);
    assertThat(replica.region()).isEqualTo(aws.region());
    assertThat(rds.describeDBInstances().dbInstances().get(0))
        .extracting(i -> i.dbInstanceAutomatedBackupsReplications().size())
        .isEqualTo(1);

    rdsElsewhere.stopDBInstanceAutomatedBackupsReplication(r -> r.sourceDBInstanceArn(source));
    assertThat(backupsElsewhere()).singleElement().extracting("status").isEqualTo("retained");
    aws.clock().advance(Duration.ofDays(2));
    assertThat(backupsElsewhere()).isEmpty();
  }

  private List<DBInstanceAutomatedBackup> backupsElsewhere() {
    return rdsElsewhere.describeDBInstanceAutomatedBackups().dbInstanceAutomatedBackups();
  }
}
