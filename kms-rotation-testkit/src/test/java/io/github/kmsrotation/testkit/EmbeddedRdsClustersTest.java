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
import software.amazon.awssdk.services.rds.model.CreateDbClusterRequest;
import software.amazon.awssdk.services.rds.model.DBCluster;
import software.amazon.awssdk.services.rds.model.DBClusterAutomatedBackup;
import software.amazon.awssdk.services.rds.model.DBClusterSnapshot;
import software.amazon.awssdk.services.rds.model.RdsException;
import software.amazon.awssdk.services.rds.model.Tag;

/** DB clusters, their snapshots and automated backups: encryption, states, what is refused. */
class EmbeddedRdsClustersTest {

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final RdsClient rds = Clients.of(RdsClient.builder(), aws);
  private final KmsClient kms = Clients.of(KmsClient.builder(), aws);
  private final String key = kms.createKey().keyMetadata().arn();

  @AfterEach
  void close() {
    rds.close();
    kms.close();
    aws.close();
  }

  private void create(Consumer<CreateDbClusterRequest.Builder> settings) {
    rds.createDBCluster(
        r -> {
          r.dbClusterIdentifier("Orders")
              .engine("aurora-postgresql")
              .masterUsername("orders_admin")
              .masterUserPassword("secret-password")
              .storageEncrypted(true)
              .kmsKeyId(key);
          settings.accept(r);
        });
  }

  private void createAndSettle(Consumer<CreateDbClusterRequest.Builder> settings) {
    create(settings);
    settle();
  }

  private void settle() {
    aws.clock().advance(Duration.ofHours(1));
  }

  private DBCluster orders() {
    return rds.describeDBClusters(r -> r.dbClusterIdentifier("orders")).dbClusters().get(0);
  }

  private List<DBClusterSnapshot> snapshots() {
    return rds.describeDBClusterSnapshots().dbClusterSnapshots();
  }

  private List<DBClusterAutomatedBackup> backups() {
    return rds.describeDBClusterAutomatedBackups(r -> {}).dbClusterAutomatedBackups();
  }

  private static void assertRefused(ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RdsException.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  @Test
  void create_takesFiveMinutes_andIsUnderItsKeys() {
    create(
        r ->
            r.enablePerformanceInsights(true)
                .performanceInsightsKMSKeyId(key)
                .masterUserPassword(null)
                .manageMasterUserPassword(true)
                .masterUserSecretKmsKeyId(key));
    assertThat(orders().status()).isEqualTo("creating");

    settle();

    assertThat(orders().status()).isEqualTo("available");
    assertThat(orders().kmsKeyId()).isEqualTo(key);
    assertThat(orders().performanceInsightsKMSKeyId()).isEqualTo(key);
    assertThat(orders().masterUserSecret().kmsKeyId()).isEqualTo(key);
    assertThat(aws.rds().masterPassword(orders().masterUserSecret().secretArn())).isPresent();
    assertThat(orders().dbClusterArn()).endsWith(":cluster:orders");
  }

  @Test
  void create_underAKeyThatIsDisabled_isRefused() {
    kms.disableKey(r -> r.keyId(key));

    assertRefused(() -> create(r -> {}), "KMSKeyNotAccessibleFault");
  }

  @Test
  void create_ofWhatRdsRefuses_isRefused() {
    assertRefused(() -> create(r -> r.storageEncrypted(null)), "InvalidParameterCombination");
    assertRefused(() -> create(r -> r.backupRetentionPeriod(0)), "InvalidParameterValue");
    assertRefused(() -> create(r -> r.dbClusterIdentifier("1st")), "InvalidParameterValue");
    assertRefused(() -> create(r -> r.engineVersion("9.6")), "InvalidParameterCombination");
    assertRefused(() -> create(r -> r.masterUserPassword(null)), "InvalidParameterCombination");
    assertRefused(() -> create(r -> r.engine("mysql")), "NotModelled");
    create(r -> {});
    assertRefused(() -> create(r -> {}), "DBClusterAlreadyExistsFault");
  }

  @Test
  void describe_ofAClusterThatThereIsNot_isRefused() {
    assertRefused(this::orders, "DBClusterNotFoundFault");
    assertThat(rds.describeDBClusters().dbClusters()).isEmpty();
  }

  @Test
  void snapshot_becomesAvailable_underTheClustersKey_andIsDeletedOnlyThen() {
    createAndSettle(r -> {});
    rds.createDBClusterSnapshot(
        r -> r.dbClusterIdentifier("orders").dbClusterSnapshotIdentifier("kept"));
    assertThat(snapshots()).singleElement().extracting("status").isEqualTo("creating");
    assertRefused(
        () -> rds.deleteDBClusterSnapshot(r -> r.dbClusterSnapshotIdentifier("kept")),
        "InvalidDBClusterSnapshotStateFault");

    settle();

    DBClusterSnapshot kept = snapshots().get(0);
    assertThat(kept.status()).isEqualTo("available");
    assertThat(kept.snapshotType()).isEqualTo("manual");
    assertThat(kept.kmsKeyId()).isEqualTo(key);
    assertRefused(
        () ->
            rds.createDBClusterSnapshot(
                r -> r.dbClusterIdentifier("orders").dbClusterSnapshotIdentifier("kept")),
        "DBClusterSnapshotAlreadyExistsFault");
    rds.deleteDBClusterSnapshot(r -> r.dbClusterSnapshotIdentifier("kept"));
    assertThat(snapshots()).isEmpty();
    assertRefused(
        () -> rds.deleteDBClusterSnapshot(r -> r.dbClusterSnapshotIdentifier("kept")),
        "DBClusterSnapshotNotFoundFault");
  }

  @Test
  void snapshots_ofATypeThatTheReferenceDoesNotName_areRefused() {
    assertRefused(
        () -> rds.describeDBClusterSnapshots(r -> r.snapshotType("awsbackup")),
        "InvalidParameterValue");
    assertRefused(
        () ->
            rds.describeDBClusterSnapshots(
                r -> r.dbClusterIdentifier("orders").dbClusterSnapshotIdentifier("kept")),
        "InvalidParameterCombination");
  }

  @Test
  void snapshot_ofAClusterThatIsNotAvailable_isRefused() {
    create(r -> {});

    assertRefused(
        () ->
            rds.createDBClusterSnapshot(
                r -> r.dbClusterIdentifier("orders").dbClusterSnapshotIdentifier("early")),
        "InvalidDBClusterStateFault");
  }

  @Test
  void delete_needsAWordOnTheFinalSnapshot_andNoProtection() {
    createAndSettle(r -> r.deletionProtection(true));
    assertRefused(
        () -> rds.deleteDBCluster(r -> r.dbClusterIdentifier("orders")),
        "InvalidParameterCombination");
    assertRefused(
        () -> rds.deleteDBCluster(r -> r.dbClusterIdentifier("orders").skipFinalSnapshot(true)),
        "InvalidParameterCombination");
    rds.modifyDBCluster(r -> r.dbClusterIdentifier("orders").deletionProtection(false));

    rds.deleteDBCluster(r -> r.dbClusterIdentifier("orders").finalDBSnapshotIdentifier("last"));

    assertThat(orders().status()).isEqualTo("deleting");
    assertRefused(
        () -> rds.deleteDBCluster(r -> r.dbClusterIdentifier("orders").skipFinalSnapshot(true)),
        "InvalidDBClusterStateFault");
    settle();
    assertRefused(this::orders, "DBClusterNotFoundFault");
    assertThat(snapshots()).singleElement().extracting("kmsKeyId").isEqualTo(key);
    assertThat(backups()).isEmpty();
  }

  @Test
  void automatedBackup_isActiveWithItsCluster_andRetainedUntilItExpires() {
    createAndSettle(r -> r.backupRetentionPeriod(2));
    assertThat(backups()).singleElement().extracting("status").isEqualTo("active");
    assertRefused(
        () ->
            rds.deleteDBClusterAutomatedBackup(
                r -> r.dbClusterResourceId(orders().dbClusterResourceId())),
        "InvalidDBClusterAutomatedBackupStateFault");

    rds.deleteDBCluster(
        r -> r.dbClusterIdentifier("orders").skipFinalSnapshot(true).deleteAutomatedBackups(false));
    settle();

    assertThat(backups()).singleElement().extracting("status").isEqualTo("retained");
    assertThat(backups()).singleElement().extracting("kmsKeyId").isEqualTo(key);
    aws.clock().advance(Duration.ofDays(2));
    assertThat(backups()).isEmpty();
  }

  @Test
  void retainedBackup_isDeletedByItsResourceId() {
    createAndSettle(r -> {});
    rds.deleteDBCluster(
        r -> r.dbClusterIdentifier("orders").skipFinalSnapshot(true).deleteAutomatedBackups(false));
    settle();
    String resourceId = backups().get(0).dbClusterResourceId();

    rds.deleteDBClusterAutomatedBackup(r -> r.dbClusterResourceId(resourceId));
    settle();

    assertThat(backups()).isEmpty();
    assertRefused(
        () -> rds.deleteDBClusterAutomatedBackup(r -> r.dbClusterResourceId(resourceId)),
        "DBClusterAutomatedBackupNotFoundFault");
  }

  @Test
  void tags_ofAClusterAndItsSnapshot_areKept() {
    Tag team = Tag.builder().key("team").value("orders").build();
    createAndSettle(r -> r.tags(team).copyTagsToSnapshot(true));
    rds.createDBClusterSnapshot(
        r -> r.dbClusterIdentifier("orders").dbClusterSnapshotIdentifier("kept"));

    for (String arn : List.of(orders().dbClusterArn(), snapshots().get(0).dbClusterSnapshotArn())) {
      assertThat(rds.listTagsForResource(r -> r.resourceName(arn)).tagList())
          .as(arn)
          .containsExactly(team);
    }
  }
}
