package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.Map;
import java.util.Optional;

/**
 * Automated backups that are replicated from another Region, under a key of this one.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html">
 *     Replicating automated backups to another Region</a>
 */
final class RdsBackupReplication {

  private static final String SOURCE = "SourceDBInstanceArn";

  /** Of RDS, where none was asked for. */
  private static final int DEFAULT_RETENTION_DAYS = 7;

  private final RdsStore store;
  private final RdsAutomatedBackups backups;

  RdsBackupReplication(RdsStore store, RdsAutomatedBackups backups) {
    this.store = store;
    this.backups = backups;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "StartDBInstanceAutomatedBackupsReplication",
        Operation.write(this::start, SOURCE, "BackupRetentionPeriod", "KmsKeyId"));
    operations.put(
        "StopDBInstanceAutomatedBackupsReplication", Operation.write(this::stop, SOURCE));
  }

  private DbInstance source(AwsRequest request) {
    String arn = request.params().required(SOURCE);
    String[] parts = arn.split(":", 7);
    if (parts.length != 7 || !parts[5].equals("db") || parts[3].equals(request.region())) {
      throw AwsError.badRequest(
          "InvalidParameterValue", SOURCE + " has to be a DB instance's in another Region: " + arn);
    }
    return store.instance(parts[3], parts[6]);
  }

  private Optional<KeptBackup> replica(AwsRequest request, DbInstance source) {
    return store.keptBackups.stream()
        .filter(backup -> backup.region.equals(request.region()))
        .filter(backup -> backup.resourceId.equals(source.resourceId))
        .findFirst();
  }

  private Map<String, Object> start(AwsRequest request) {
    DbInstance source = source(request);
    RdsStore.requireAvailable(source);
    if (RdsAutomatedBackups.retentionDays(source.attributes) == 0) {
      throw AwsError.badRequest(
          "InvalidDBInstanceState", "The source DB instance has no automated backups.");
    }
    if (replica(request, source).isPresent()) {
      throw BackupKind.INSTANCE.invalidState(source.identifier);
    }
    KeptBackup replica =
        new KeptBackup(
            BackupKind.INSTANCE,
            request.region(),
            source.region,
            source.resourceId,
            source.identifier,
            "pending");
    replica.kind.copy(source.attributes, replica.attributes);
    encrypt(request, source, replica);
    replica.attributes.put("BackupRetentionPeriod", retention(request.params()));
    store.keptBackups.add(replica);
    source.replications.add(replica.arn(store.accountId));
    store.later(
        "StartDBInstanceAutomatedBackupsReplication",
        Takes.COPY,
        () -> {
          if (replica.status.equals("pending")) {
            replica.status = "replicating";
          }
        });
    return answer(replica);
  }

  /** A source's key is of its Region, so a replica needs one of its own. */
  private void encrypt(AwsRequest request, DbInstance source, KeptBackup replica) {
    Optional<String> key = request.params().text("KmsKeyId");
    if (key.isPresent() != source.is("StorageEncrypted")) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "KmsKeyId has to be there for an encrypted DB instance, and for no other.");
    }
    key.ifPresent(
        name -> replica.attributes.put("KmsKeyId", store.requireKey(request.region(), name)));
  }

  private static int retention(Params params) {
    int days = params.number("BackupRetentionPeriod").orElse(DEFAULT_RETENTION_DAYS);
    if (days < 1 || days > 35) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "Invalid backup retention period: " + days + ".");
    }
    return days;
  }

  private Map<String, Object> stop(AwsRequest request) {
    DbInstance source = source(request);
    KeptBackup replica =
        replica(request, source)
            .filter(backup -> source.replications.contains(backup.arn(store.accountId)))
            .orElseThrow(() -> RdsStore.invalidState(source));
    source.replications.remove(replica.arn(store.accountId));
    backups.retain(replica);
    return answer(replica);
  }

  private Map<String, Object> answer(KeptBackup replica) {
    return Map.of(replica.kind.element(), replica.xml(store.accountId));
  }
}
