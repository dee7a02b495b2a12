package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DbInstanceAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.DbInstanceNotFoundException;
import software.amazon.awssdk.services.rds.model.DbSnapshotAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.DbSnapshotNotFoundException;
import software.amazon.awssdk.services.rds.model.KmsKeyNotAccessibleException;

/** What was made is there at once, and found later. */
class EventualConsistencyTest {

  private static final Duration DELAY = Duration.ofSeconds(10);

  private final EmbeddedAws aws =
      EmbeddedAws.builder()
          .clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")))
          .eventualConsistency(DELAY)
          .start();
  private final KmsClient kms = Clients.of(KmsClient.builder(), aws);
  private final RdsClient rds = Clients.of(RdsClient.builder(), aws);

  @AfterEach
  void close() {
    rds.close();
    kms.close();
    aws.close();
  }

  @Test
  void describeKey_justAfterItsCreation_findsItOnlyLater() {
    String key = kms.createKey().keyMetadata().arn();

    assertThatThrownBy(() -> kms.describeKey(r -> r.keyId(key)))
        .isInstanceOf(NotFoundException.class);
    assertThat(kms.listKeys().keys()).isEmpty();
    aws.clock().advance(DELAY);

    assertThat(kms.describeKey(r -> r.keyId(key)).keyMetadata().arn()).isEqualTo(key);
    assertThat(kms.listKeys().keys()).hasSize(1);
  }

  @Test
  void alias_justAfterItsCreation_isTakenAndFoundOnlyLater() {
    String key = kms.createKey().keyMetadata().arn();
    aws.clock().advance(DELAY);
    kms.createAlias(r -> r.aliasName("alias/orders").targetKeyId(key));

    assertThatThrownBy(() -> kms.describeKey(r -> r.keyId("alias/orders")))
        .isInstanceOf(NotFoundException.class);
    assertThat(kms.listAliases().aliases()).isEmpty();
    assertThatThrownBy(() -> kms.createAlias(r -> r.aliasName("alias/orders").targetKeyId(key)))
        .isInstanceOf(AlreadyExistsException.class);
    aws.clock().advance(DELAY);

    assertThat(kms.describeKey(r -> r.keyId("alias/orders")).keyMetadata().arn()).isEqualTo(key);
    assertThat(kms.listAliases().aliases()).hasSize(1);
  }

  @Test
  void awsManagedKey_isThereAllAlong() {
    assertThat(kms.describeKey(r -> r.keyId("alias/aws/rds")).keyMetadata().keyManagerAsString())
        .isEqualTo("AWS");
  }

  private void createInstance(String key) {
    rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier("orders")
                .engine("mysql")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(20)
                .masterUsername("orders_admin")
                .masterUserPassword("secret-password")
                .storageEncrypted(true)
                .kmsKeyId(key));
  }

  @Test
  void dbInstance_justAfterItsCreation_isTakenAndFoundOnlyLater() {
    createInstance("alias/aws/rds");

    assertThatThrownBy(() -> rds.describeDBInstances(r -> r.dbInstanceIdentifier("orders")))
        .isInstanceOf(DbInstanceNotFoundException.class);
    assertThat(rds.describeDBInstances().dbInstances()).isEmpty();
    assertThatThrownBy(() -> createInstance("alias/aws/rds"))
        .isInstanceOf(DbInstanceAlreadyExistsException.class);
    assertThat(aws.rds().instances()).containsOnlyKeys("orders");
    aws.clock().advance(DELAY);

    assertThat(rds.describeDBInstances().dbInstances()).hasSize(1);
  }

  @Test
  void createDBInstance_underAKeyThatIsNotFoundYet_isRefused() {
    String key = kms.createKey().keyMetadata().arn();

    assertThatThrownBy(() -> createInstance(key)).isInstanceOf(KmsKeyNotAccessibleException.class);
    aws.clock().advance(DELAY);

    createInstance(key);
    assertThat(aws.rds().instances()).containsOnlyKeys("orders");
  }

  @Test
  void dbSnapshot_justAfterItsCreation_isTakenAndFoundOnlyLater() {
    createInstance("alias/aws/rds");
    aws.clock().advance(Duration.ofMinutes(30));
    rds.createDBSnapshot(r -> r.dbInstanceIdentifier("orders").dbSnapshotIdentifier("first"));

    assertThatThrownBy(() -> rds.describeDBSnapshots(r -> r.dbSnapshotIdentifier("first")))
        .isInstanceOf(DbSnapshotNotFoundException.class);
    assertThat(rds.describeDBSnapshots().dbSnapshots()).isEmpty();
    aws.clock().advance(DELAY);
    assertThat(rds.describeDBSnapshots().dbSnapshots()).hasSize(1);

    aws.clock().advance(Duration.ofMinutes(30));
    rds.copyDBSnapshot(
        r -> r.sourceDBSnapshotIdentifier("first").targetDBSnapshotIdentifier("second"));
    assertThat(rds.describeDBSnapshots().dbSnapshots()).hasSize(1);
    assertThatThrownBy(
            () ->
                rds.copyDBSnapshot(
                    r ->
                        r.sourceDBSnapshotIdentifier("first").targetDBSnapshotIdentifier("second")))
        .isInstanceOf(DbSnapshotAlreadyExistsException.class);
    aws.clock().advance(DELAY);
    assertThat(rds.describeDBSnapshots().dbSnapshots()).hasSize(2);
  }
}
