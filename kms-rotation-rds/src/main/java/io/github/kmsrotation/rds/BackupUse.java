package io.github.kmsrotation.rds;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.rds.model.DBClusterAutomatedBackup;
import software.amazon.awssdk.services.rds.model.DBClusterSnapshot;
import software.amazon.awssdk.services.rds.model.DBInstanceAutomatedBackup;
import software.amazon.awssdk.services.rds.model.DBSnapshot;

/** Snapshots and automated backups that are under a key, and what to do about them. */
final class BackupUse {

  /** The type of the snapshots that AWS Backup makes, and alone deletes. */
  static final String OF_AWS_BACKUP = "awsbackup";

  private static final String RETAINED = "retained";

  private BackupUse() {}

  static void look(DBSnapshot snapshot, KeyLook look) {
    look.addIf(
        snapshot.kmsKeyId(),
        "DB snapshot " + snapshot.dbSnapshotIdentifier() + " (" + snapshot.snapshotType() + ")",
        ofSnapshot(snapshot.snapshotType()));
  }

  static void look(DBClusterSnapshot snapshot, KeyLook look) {
    look.addIf(
        snapshot.kmsKeyId(),
        "DB cluster snapshot "
            + snapshot.dbClusterSnapshotIdentifier()
            + " ("
            + snapshot.snapshotType()
            + ")",
        ofSnapshot(snapshot.snapshotType()));
  }

  private static String ofSnapshot(@Nullable String type) {
    return OF_AWS_BACKUP.equals(type)
        ? "It is under the key, and AWS Backup's: copy its recovery point to a backup vault under"
            + " another key if you need it, and delete it in AWS Backup."
        : "It is under the key: copy it under another key if you need it, and delete it. An"
            + " automated one goes when its retention period ends.";
  }

  static void look(DBInstanceAutomatedBackup backup, KeyLook look) {
    boolean isReplica = !isIn(look.region(), backup.dbInstanceArn());
    boolean isRetained = RETAINED.equals(backup.status());
    if (!isRetained && !isReplica) {
      return; // of a DB instance that is there, and listed itself
    }
    look.addIf(
        backup.kmsKeyId(),
        "automated backup "
            + (isReplica ? "replicated from " + backup.region() : backup.status())
            + " of DB instance "
            + backup.dbInstanceIdentifier()
            + " ("
            + backup.dbiResourceId()
            + ")",
        ofAutomatedBackup(
            backup.awsBackupRecoveryPointArn(),
            isRetained ? "" : "Stop the replication (StopDBInstanceAutomatedBackupsReplication). ",
            "DeleteDBInstanceAutomatedBackup"));
  }

  static void look(DBClusterAutomatedBackup backup, KeyLook look) {
    if (!RETAINED.equals(backup.status()) && isIn(look.region(), backup.dbClusterArn())) {
      return; // of a DB cluster that is there, and listed itself
    }
    look.addIf(
        backup.kmsKeyId(),
        "automated backup "
            + backup.status()
            + " of DB cluster "
            + backup.dbClusterIdentifier()
            + " ("
            + backup.dbClusterResourceId()
            + ")",
        ofAutomatedBackup(
            backup.awsBackupRecoveryPointArn(), "", "DeleteDBClusterAutomatedBackup"));
  }

  private static String ofAutomatedBackup(
      @Nullable String recoveryPoint, String first, String operation) {
    return recoveryPoint != null
        ? "It is under the key, and AWS Backup's: delete its recovery point there ("
            + recoveryPoint
            + ")."
        : first
            + "It is under the key, and RDS moves it to no other: let it expire, or delete it ("
            + operation
            + "). If you need it, restore it first, and rotate what was restored.";
  }

  /** Whether an ARN is of a Region; false if there is none, so that nothing is overlooked. */
  private static boolean isIn(String region, @Nullable String arn) {
    String[] parts = arn == null ? new String[0] : arn.split(":", 5);
    return parts.length == 5 && parts[3].equals(region);
  }
}
