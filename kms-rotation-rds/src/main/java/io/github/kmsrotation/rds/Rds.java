package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.BlueGreenDeployment;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;
import software.amazon.awssdk.services.rds.model.DbInstanceNotFoundException;
import software.amazon.awssdk.services.rds.model.DbSnapshotNotFoundException;
import software.amazon.awssdk.services.rds.model.Filter;

/** What steps look at in RDS. */
final class Rds {

  static final String AVAILABLE = "available";

  private final RdsClient client;

  Rds(RdsClient client) {
    this.client = client;
  }

  RdsClient client() {
    return client;
  }

  Optional<DBInstance> instance(AwsReader reader, String identifier) {
    try {
      return first(
          reader.read(
              "rds:DescribeDBInstances",
              () ->
                  client
                      .describeDBInstances(r -> r.dbInstanceIdentifier(identifier))
                      .dbInstances()));
    } catch (DbInstanceNotFoundException e) {
      return Optional.empty();
    }
  }

  /** By the id that a DB instance keeps when it is renamed. */
  Optional<DBInstance> instanceByResourceId(AwsReader reader, String resourceId) {
    Filter filter = Filter.builder().name("dbi-resource-id").values(resourceId).build();
    try {
      return first(
          reader.read(
              "rds:DescribeDBInstances",
              () -> client.describeDBInstances(r -> r.filters(filter)).dbInstances()));
    } catch (DbInstanceNotFoundException e) {
      return Optional.empty();
    }
  }

  Optional<DBSnapshot> snapshot(AwsReader reader, String identifier) {
    try {
      return first(
          reader.read(
              "rds:DescribeDBSnapshots",
              () ->
                  client
                      .describeDBSnapshots(r -> r.dbSnapshotIdentifier(identifier))
                      .dbSnapshots()));
    } catch (DbSnapshotNotFoundException e) {
      return Optional.empty();
    }
  }

  List<BlueGreenDeployment> deployments(AwsReader reader) {
    return reader.read(
        "rds:DescribeBlueGreenDeployments",
        () ->
            client.describeBlueGreenDeploymentsPaginator(r -> {}).blueGreenDeployments().stream()
                .toList());
  }

  private static <T> Optional<T> first(List<T> list) {
    return list.isEmpty() ? Optional.empty() : Optional.of(list.get(0));
  }

  static DatabaseEndpoint endpoint(DBInstance instance) {
    return new DatabaseEndpoint(
        instance.dbInstanceIdentifier(),
        instance.engine(),
        instance.endpoint().address(),
        instance.endpoint().port());
  }

  static boolean isAvailable(DBInstance instance) {
    return AVAILABLE.equals(instance.dbInstanceStatus());
  }
}
