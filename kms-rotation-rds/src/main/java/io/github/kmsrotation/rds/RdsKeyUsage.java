package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.RdsTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/**
 * What RDS keeps under a key for DB instances and DB snapshots: storage, Performance Insights, the
 * master user's secret, the activity stream. Found with {@link java.util.ServiceLoader}; not meant
 * to be called by anybody else. Safe for use by several threads.
 */
public final class RdsKeyUsage implements KeyUsageSource {

  /** Snapshots that {@code DescribeDBSnapshots} tells of only when asked for their type. */
  private static final String OF_AWS_BACKUP = "awsbackup";

  /** For {@link java.util.ServiceLoader}. */
  public RdsKeyUsage() {}

  @Override
  public String kind() {
    return RdsTarget.KIND;
  }

  @Override
  public String covers() {
    return "DB instances and DB snapshots, but neither DB clusters nor automated backups that are"
        + " retained or replicated";
  }

  @Override
  public List<KeyUse> find(KeyArn key, AwsReader reader, Optional<StrategyOptions<?>> options) {
    Optional<RdsClient> given = RdsStrategy.mine(options).client();
    if (given.isPresent()) {
      return find(key, reader, given.get());
    }
    try (RdsClient own = RdsClient.builder().region(Region.of(key.region())).build()) {
      return find(key, reader, own);
    }
  }

  private static List<KeyUse> find(KeyArn key, AwsReader reader, RdsClient rds) {
    List<KeyUse> uses = new ArrayList<>();
    reader
        .read(
            "rds:DescribeDBInstances",
            () -> rds.describeDBInstancesPaginator().dbInstances().stream().toList())
        .forEach(instance -> addUses(instance, key, uses));
    reader
        .read(
            "rds:DescribeDBSnapshots",
            () -> rds.describeDBSnapshotsPaginator().dbSnapshots().stream().toList())
        .forEach(snapshot -> addUse(snapshot, key, uses));
    reader
        .read(
            "rds:DescribeDBSnapshots",
            () ->
                rds
                    .describeDBSnapshotsPaginator(r -> r.snapshotType(OF_AWS_BACKUP))
                    .dbSnapshots()
                    .stream()
                    .toList())
        .forEach(snapshot -> addUse(snapshot, key, uses));
    return uses;
  }

  private static void addUses(DBInstance instance, KeyArn key, List<KeyUse> uses) {
    String name = "DB instance " + instance.dbInstanceIdentifier();
    if (isUnder(key, instance.kmsKeyId())) {
      uses.add(
          new KeyUse(
              name,
              "Its storage is under the key: rotate it to another"
                  + " (RotationPlanner.forRds), or delete it."));
    }
    if (isUnder(key, instance.performanceInsightsKMSKeyId())) {
      uses.add(
          new KeyUse(
              name,
              "Its Performance Insights data is under the key, which RDS does not change while that"
                  + " is on: disable it, and enable it with another key."));
    }
    if (instance.masterUserSecret() != null
        && isUnder(key, instance.masterUserSecret().kmsKeyId())) {
      uses.add(
          new KeyUse(
              name,
              "The secret with its master password is under the key, which RDS does not change:"
                  + " turn ManageMasterUserPassword off, and on again with another key."));
    }
    if (isUnder(key, instance.activityStreamKmsKeyId())) {
      uses.add(
          new KeyUse(
              name,
              "Its activity stream is under the key: stop it, and start it with another key."));
    }
  }

  private static void addUse(DBSnapshot snapshot, KeyArn key, List<KeyUse> uses) {
    if (isUnder(key, snapshot.kmsKeyId())) {
      uses.add(
          new KeyUse(
              "DB snapshot "
                  + snapshot.dbSnapshotIdentifier()
                  + " ("
                  + snapshot.snapshotType()
                  + ")",
              "It is under the key: copy it under another key if you need it, and delete it. An"
                  + " automated one goes when its retention period ends."));
    }
  }

  /** RDS answers with key ARNs; its model allows key ids as well. */
  private static boolean isUnder(KeyArn key, @Nullable String identifier) {
    return key.value().equals(identifier) || key.keyId().equals(identifier);
  }
}
