package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
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
  private final Ec2Client ec2 = Clients.of(Ec2Client.builder(), aws);

  @AfterEach
  void close() {
    ec2.close();
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

  @Test
  void volume_justAfterItsCreation_isFoundOnlyLater_andItsTokenIsKnown() {
    String id = createVolume();

    assertThatThrownBy(() -> ec2.describeVolumes(r -> r.volumeIds(id)))
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidVolume.NotFound"));
    assertThat(ec2.describeVolumes().volumes()).isEmpty();
    assertThat(createVolume()).isEqualTo(id);
    assertThat(aws.ec2().volumes()).containsOnlyKeys(id);
    aws.clock().advance(DELAY);

    assertThat(ec2.describeVolumes(r -> r.volumeIds(id)).volumes()).hasSize(1);
  }

  private String createVolume() {
    return ec2.createVolume(r -> r.availabilityZone("eu-central-1a").size(4).clientToken("run-1"))
        .volumeId();
  }

  @Test
  void snapshot_andInstance_justAfterTheirCreation_areFoundOnlyLater() {
    String volume = createVolume();
    aws.clock().advance(Duration.ofMinutes(1));
    String snapshot = ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    String instance =
        ec2.runInstances(
                r ->
                    r.imageId(aws.ec2().ebsImage("arm64"))
                        .instanceType("m7g.large")
                        .minCount(1)
                        .maxCount(1))
            .instances()
            .get(0)
            .instanceId();

    assertThat(ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots()).isEmpty();
    assertThat(ec2.describeInstances().reservations()).isEmpty();
    assertThatThrownBy(() -> ec2.stopInstances(r -> r.instanceIds(instance)))
        .isInstanceOf(Ec2Exception.class);
    aws.clock().advance(DELAY);

    assertThat(ec2.describeSnapshots(r -> r.snapshotIds(snapshot)).snapshots()).hasSize(1);
    assertThat(ec2.describeInstances(r -> r.instanceIds(instance)).reservations()).hasSize(1);
  }
}
