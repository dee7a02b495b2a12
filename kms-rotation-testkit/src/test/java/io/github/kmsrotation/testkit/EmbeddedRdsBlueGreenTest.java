package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.BlueGreenDeployment;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.RdsException;
import software.amazon.awssdk.services.rds.model.TargetResourceConfiguration;

/** Blue/green deployments, with a green one under another key that follows the blue one. */
class EmbeddedRdsBlueGreenTest {

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final RdsClient rds = Clients.of(RdsClient.builder(), aws);
  private final KmsClient kms = Clients.of(KmsClient.builder(), aws);
  private final String oldKey = kms.createKey().keyMetadata().arn();
  private final String newKey = kms.createKey().keyMetadata().arn();

  @BeforeEach
  void create() throws SQLException {
    rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier("orders")
                .engine("postgres")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(20)
                .dbName("orders")
                .storageEncrypted(true)
                .kmsKeyId(oldKey)
                .masterUsername("orders_admin")
                .masterUserPassword("secret-password"));
    pass();
    execute("orders", "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)");
  }

  @AfterEach
  void close() {
    rds.close();
    kms.close();
    aws.close();
  }

  private void pass() {
    aws.clock().advance(Duration.ofHours(1));
  }

  private DBInstance instance(String identifier) {
    return rds.describeDBInstances(r -> r.dbInstanceIdentifier(identifier)).dbInstances().get(0);
  }

  private Connection connect(String identifier) throws SQLException {
    DBInstance instance = instance(identifier);
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + instance.endpoint().address()
            + ":"
            + instance.endpoint().port()
            + "/orders",
        "orders_admin",
        "secret-password");
  }

  private void execute(String identifier, String sql) throws SQLException {
    try (Connection connection = connect(identifier);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int rows(String identifier) throws SQLException {
    try (Connection connection = connect(identifier);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*) FROM orders")) {
      result.next();
      return result.getInt(1);
    }
  }

  private String deploy() {
    String id =
        rds.createBlueGreenDeployment(
                r ->
                    r.blueGreenDeploymentName("rotation")
                        .source(instance("orders").dbInstanceArn())
                        .targetResourceConfigurations(
                            TargetResourceConfiguration.builder()
                                .sourceArn(instance("orders").dbInstanceArn())
                                .targetKmsKeyId(newKey)
                                .build()))
            .blueGreenDeployment()
            .blueGreenDeploymentIdentifier();
    pass();
    return id;
  }

  private BlueGreenDeployment deployment(String id) {
    return rds.describeBlueGreenDeployments(r -> r.blueGreenDeploymentIdentifier(id))
        .blueGreenDeployments()
        .get(0);
  }

  private String green(String id) {
    String arn = deployment(id).target();
    return arn.substring(arn.lastIndexOf(':') + 1);
  }

  private static void assertRefused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RdsException.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  @Test
  void green_isUnderItsOwnKey_followsBlue_andTakesNoWrites() throws Exception {
    String id = deploy();

    assertThat(deployment(id).status()).isEqualTo("AVAILABLE");
    assertThat(green(id)).matches("orders-green-[a-z0-9]{6}");
    assertThat(instance(green(id)).kmsKeyId()).isEqualTo(newKey);
    assertThat(instance("orders").kmsKeyId()).isEqualTo(oldKey);
    execute("orders", "INSERT INTO orders VALUES (2)");
    while (rows(green(id)) < 2) {
      Thread.sleep(10);
    }
    assertThatThrownBy(() -> execute(green(id), "INSERT INTO orders VALUES (3)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("read-only");
  }

  @Test
  void switchover_swapsTheNames_losesNothing_andLeavesTheFormerReadOnlyUntilItsReboot()
      throws SQLException {
    String id = deploy();
    String former = instance("orders").dbiResourceId();
    execute("orders", "INSERT INTO orders SELECT generate_series(2, 5000)");

    rds.switchoverBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id));
    assertThat(deployment(id).status()).isEqualTo("SWITCHOVER_IN_PROGRESS");
    pass();

    assertThat(deployment(id).status()).isEqualTo("SWITCHOVER_COMPLETED");
    assertThat(instance("orders").kmsKeyId()).isEqualTo(newKey);
    assertThat(instance("orders-old1").dbiResourceId()).isEqualTo(former);
    assertThat(rows("orders")).isEqualTo(5000);
    execute("orders", "INSERT INTO orders VALUES (5001)");
    assertThatThrownBy(() -> execute("orders-old1", "INSERT INTO orders VALUES (5001)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("read-only");
    rds.rebootDBInstance(r -> r.dbInstanceIdentifier("orders-old1"));
    pass();
    execute("orders-old1", "INSERT INTO orders VALUES (5001)");
  }

  @Test
  void switchover_thatTakesTooLong_isRolledBack() throws SQLException {
    String id = deploy();
    aws.rds().neverFinish("SwitchoverBlueGreenDeployment");

    rds.switchoverBlueGreenDeployment(
        r -> r.blueGreenDeploymentIdentifier(id).switchoverTimeout(30));
    pass();

    assertThat(deployment(id).status()).isEqualTo("SWITCHOVER_FAILED");
    assertThat(instance("orders").kmsKeyId()).isEqualTo(oldKey);
    execute("orders", "INSERT INTO orders VALUES (2)");
  }

  @Test
  void deletion_beforeTheSwitchover_takesGreenAlongOrLetsItGo() throws SQLException {
    String first = deploy();
    String doomed = green(first);
    rds.deleteBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(first).deleteTarget(true));
    pass();
    assertThat(aws.rds().instances()).containsOnlyKeys("orders").doesNotContainKey(doomed);

    String second = deploy();
    String kept = green(second);
    rds.deleteBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(second));
    pass();

    execute(kept, "INSERT INTO orders VALUES (2)");
    assertThat(rows("orders")).isEqualTo(1);
    assertRefused("BlueGreenDeploymentNotFoundFault", () -> deployment(second));
  }

  @Test
  void deletion_afterTheSwitchover_leavesBoth_andCannotTakeGreenAlong() {
    String id = deploy();
    rds.switchoverBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id));
    pass();

    assertRefused(
        "InvalidParameterCombination",
        () ->
            rds.deleteBlueGreenDeployment(
                r -> r.blueGreenDeploymentIdentifier(id).deleteTarget(true)));
    rds.deleteBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id));
    pass();

    assertThat(aws.rds().instances()).containsOnlyKeys("orders", "orders-old1");
  }

  @Test
  void whatAwsRefuses_isRefusedWithItsCode() {
    String id = deploy();

    assertRefused("BlueGreenDeploymentAlreadyExistsFault", this::deploy);
    assertRefused(
        "SourceDatabaseNotSupportedFault",
        () ->
            rds.createBlueGreenDeployment(
                r ->
                    r.blueGreenDeploymentName("another")
                        .source(instance("orders").dbInstanceArn())));
    assertRefused(
        "InvalidDBInstanceState",
        () -> rds.deleteDBInstance(r -> r.dbInstanceIdentifier(green(id)).skipFinalSnapshot(true)));
    assertRefused(
        "InvalidDBInstanceState",
        () ->
            rds.modifyDBInstance(
                r ->
                    r.dbInstanceIdentifier("orders")
                        .newDBInstanceIdentifier("another")
                        .applyImmediately(true)));
    assertRefused(
        "InvalidParameterValue",
        () ->
            rds.switchoverBlueGreenDeployment(
                r -> r.blueGreenDeploymentIdentifier(id).switchoverTimeout(29)));
    rds.switchoverBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id));
    assertRefused(
        "InvalidBlueGreenDeploymentStateFault",
        () -> rds.switchoverBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id)));
    assertRefused(
        "InvalidBlueGreenDeploymentStateFault",
        () -> rds.deleteBlueGreenDeployment(r -> r.blueGreenDeploymentIdentifier(id)));
  }

  @Test
  void creation_fromASourceThatIsNotSupported_orForAKeyThatIsNotThere_isRefused() {
    assertRefused(
        "KMSKeyNotAccessibleFault",
        () ->
            rds.createBlueGreenDeployment(
                r ->
                    r.blueGreenDeploymentName("rotation")
                        .source(instance("orders").dbInstanceArn())
                        .targetResourceConfigurations(
                            TargetResourceConfiguration.builder()
                                .sourceArn(instance("orders").dbInstanceArn())
                                .targetKmsKeyId("alias/nowhere")
                                .build())));
    rds.modifyDBInstance(
        r -> r.dbInstanceIdentifier("orders").backupRetentionPeriod(0).applyImmediately(true));
    pass();
    assertRefused("SourceDatabaseNotSupportedFault", this::deploy);
  }
}
