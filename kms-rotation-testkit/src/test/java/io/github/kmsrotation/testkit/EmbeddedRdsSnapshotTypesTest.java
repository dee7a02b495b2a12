package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBSnapshot;
import software.amazon.awssdk.services.rds.model.RdsException;

/** DescribeDBSnapshots answers with the type that is asked for. */
class EmbeddedRdsSnapshotTypesTest {

  private EmbeddedAws aws;
  private RdsClient rds;

  @BeforeEach
  void start() {
    aws =
        EmbeddedAws.builder()
            .clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z")))
            .start();
    rds = Clients.of(RdsClient.builder(), aws);
    rds.createDBInstance(
        r ->
            r.dbInstanceIdentifier("orders")
                .engine("mysql")
                .engineVersion("8.4.6")
                .dbInstanceClass("db.m7g.large")
                .allocatedStorage(20)
                .masterUsername("orders_admin")
                .masterUserPassword("secret-password"));
    aws.clock().advance(Duration.ofHours(1));
    rds.createDBSnapshot(r -> r.dbInstanceIdentifier("orders").dbSnapshotIdentifier("kept"));
  }

  @AfterEach
  void stop() {
    rds.close();
    aws.close();
  }

  private List<String> ofType(String type) {
    return rds.describeDBSnapshots(r -> r.snapshotType(type)).dbSnapshots().stream()
        .map(DBSnapshot::dbSnapshotIdentifier)
        .toList();
  }

  @Test
  void describe_ofAType_answersWithNoOther() {
    assertThat(ofType("manual")).containsExactly("kept");
    for (String other : List.of("automated", "shared", "public", "awsbackup")) {
      assertThat(ofType(other)).as(other).isEmpty();
    }
    assertThat(rds.describeDBSnapshots().dbSnapshots()).hasSize(1);
  }

  @Test
  void describe_ofATypeThatThereIsNot_isRefused() {
    assertThatThrownBy(() -> ofType("automatic"))
        .isInstanceOfSatisfying(
            RdsException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidParameterValue"));
  }
}
