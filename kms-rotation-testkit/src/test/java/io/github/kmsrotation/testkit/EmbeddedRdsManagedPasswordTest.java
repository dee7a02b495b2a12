package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.RdsException;

/** A master password that RDS manages: a new one, in a secret of its own. */
class EmbeddedRdsManagedPasswordTest {

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final RdsClient rds = Clients.of(RdsClient.builder(), aws);
  private final KmsClient kms = Clients.of(KmsClient.builder(), aws);
  private final String key = kms.createKey().keyMetadata().arn();
  private final String otherKey = kms.createKey().keyMetadata().arn();

  @BeforeEach
  void create() {
    rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier("orders")
                .engine("postgres")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(20)
                .dbName("orders")
                .masterUsername("orders_admin")
                .masterUserPassword("secret-password"));
    aws.clock().advance(Duration.ofHours(1));
  }

  @AfterEach
  void close() {
    rds.close();
    kms.close();
    aws.close();
  }

  private DBInstance orders() {
    return rds.describeDBInstances(r -> r.dbInstanceIdentifier("orders")).dbInstances().get(0);
  }

  private void manage(String keyId) {
    rds.modifyDBInstance(
        r ->
            r.dbInstanceIdentifier("orders")
                .manageMasterUserPassword(true)
                .masterUserSecretKmsKeyId(keyId)
                .applyImmediately(true));
    aws.clock().advance(Duration.ofHours(1));
  }

  private void logIn(String password) throws SQLException {
    DBInstance instance = orders();
    DriverManager.getConnection(
            "jdbc:postgresql://"
                + instance.endpoint().address()
                + ":"
                + instance.endpoint().port()
                + "/orders",
            "orders_admin",
            password)
        .close();
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RdsException.class,
            e ->
                assertThat(e.awsErrorDetails().errorCode())
                    .isEqualTo("InvalidParameterCombination"));
  }

  @Test
  void modify_toAManagedPassword_makesASecretWithANewPassword() throws SQLException {
    logIn("secret-password");

    manage(key);

    assertThat(orders().masterUserSecret().kmsKeyId()).isEqualTo(key);
    logIn(aws.rds().masterPassword(orders().masterUserSecret().secretArn()).orElseThrow());
    assertThatThrownBy(() -> logIn("secret-password")).isInstanceOf(SQLException.class);
  }

  @Test
  void modify_ofTheSecretsKey_isRefused() {
    manage(key);
    String secret = orders().masterUserSecret().secretArn();

    assertRefused(() -> manage(otherKey));
    manage(key);

    assertThat(orders().masterUserSecret().kmsKeyId()).isEqualTo(key);
    assertThat(orders().masterUserSecret().secretArn()).isEqualTo(secret);
  }

  @Test
  void modify_withAKeyForNoSecret_isRefused() {
    assertRefused(
        () ->
            rds.modifyDBInstance(
                r ->
                    r.dbInstanceIdentifier("orders")
                        .masterUserSecretKmsKeyId(key)
                        .applyImmediately(true)));
  }

  @Test
  void restore_withAManagedPassword_isRefusedSinceOnlyOracleHasThat() {
    rds.createDBSnapshot(r -> r.dbInstanceIdentifier("orders").dbSnapshotIdentifier("snap"));
    aws.clock().advance(Duration.ofHours(1));

    assertRefused(
        () ->
            rds.restoreDBInstanceFromDBSnapshot(
                r ->
                    r.dbInstanceIdentifier("copy")
                        .dbSnapshotIdentifier("snap")
                        .manageMasterUserPassword(true)
                        .masterUserSecretKmsKeyId(key)));
  }
}
