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
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.CreateDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.RdsException;

/** What RDS says of a PostgreSQL is what that PostgreSQL says of itself. */
class EmbeddedRdsEngineVersionTest {

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final RdsClient rds = Clients.of(RdsClient.builder(), aws);

  @AfterEach
  void close() {
    rds.close();
    aws.close();
  }

  private void create(Consumer<CreateDbInstanceRequest.Builder> version) {
    rds.createDBInstance(
        r -> {
          r.dbInstanceIdentifier("orders")
              .engine("postgres")
              .dbInstanceClass("db.m7g.large")
              .allocatedStorage(20)
              .dbName("orders")
              .masterUsername("orders_admin")
              .masterUserPassword("secret-password");
          version.accept(r);
        });
    aws.clock().advance(Duration.ofMinutes(30));
  }

  private DBInstance instance() {
    return rds.describeDBInstances(r -> r.dbInstanceIdentifier("orders")).dbInstances().get(0);
  }

  private String serverVersion() throws SQLException {
    String url =
        "jdbc:postgresql://%s:%d/orders"
            .formatted(instance().endpoint().address(), instance().endpoint().port());
    try (Connection connection =
            DriverManager.getConnection(url, "orders_admin", "secret-password");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SHOW server_version")) {
      result.next();
      return result.getString(1);
    }
  }

  @Test
  void createDBInstance_withoutAVersion_tellsThatOfTheServer() throws SQLException {
    create(r -> {});

    assertThat(instance().engineVersion()).isEqualTo(serverVersion());
  }

  @Test
  void createDBInstance_ofTheMajorVersion_tellsTheWholeOne() throws SQLException {
    create(r -> r.engineVersion("14"));

    assertThat(instance().engineVersion()).isEqualTo(serverVersion()).startsWith("14.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"14.1", "17", "17.4"})
  void createDBInstance_ofAVersionThatTheServerIsNot_isNotModelled(String version) {
    assertThatThrownBy(() -> create(r -> r.engineVersion(version)))
        .isInstanceOf(RdsException.class)
        .hasMessageContaining("does not model PostgreSQL " + version + ", only 14.");
  }
}
