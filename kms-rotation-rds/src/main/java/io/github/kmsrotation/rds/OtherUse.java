package io.github.kmsrotation.rds;

import java.util.Set;
import software.amazon.awssdk.services.rds.model.DBEngineVersion;
import software.amazon.awssdk.services.rds.model.ExportTask;
import software.amazon.awssdk.services.rds.model.Integration;
import software.amazon.awssdk.services.rds.model.TenantDatabase;

/** What else RDS may have under a key, and what to do about it. */
final class OtherUse {

  /** An export's status once nothing of it is written any more. */
  private static final Set<String> ENDED = Set.of("COMPLETE", "FAILED", "CANCELED");

  private OtherUse() {}

  static void look(TenantDatabase tenant, KeyLook look) {
    look.addIf(
        DatabaseUse.key(tenant.masterUserSecret()),
        "tenant database "
            + tenant.tenantDBName()
            + " of DB instance "
            + tenant.dbInstanceIdentifier(),
        "The secret with its master password is under the key, which RDS does not change: turn"
            + " ManageMasterUserPassword off (ModifyTenantDatabase), and on again with another"
            + " key.");
  }

  static void look(DBEngineVersion version, KeyLook look) {
    look.addIf(
        version.kmsKeyId(),
        "custom engine version " + version.engine() + " " + version.engineVersion(),
        "It is under the key, which RDS does not change: create another under another key"
            + " (CreateCustomDBEngineVersion), move the DB instances of it there, and delete it.");
  }

  static void look(Integration integration, KeyLook look) {
    look.addIf(
        integration.kmsKeyId(),
        "zero-ETL integration " + integration.integrationName(),
        "It is under the key, which RDS does not change: delete it, and create it with another"
            + " key.");
  }

  /** What an export has written is in S3, and none of RDS's any more once it has ended. */
  static void look(ExportTask export, KeyLook look) {
    if (ENDED.contains(export.status())) {
      return;
    }
    look.addIf(
        export.kmsKeyId(),
        "export " + export.exportTaskIdentifier() + " to S3 bucket " + export.s3Bucket(),
        "It is writing under the key: let it end, or cancel it (CancelExportTask). What it wrote"
            + " stays under the key in S3.");
  }
}
