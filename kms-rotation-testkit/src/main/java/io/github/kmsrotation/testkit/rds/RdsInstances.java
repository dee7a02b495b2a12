package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.postgres.PostgresDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Creating, restoring, describing, rebooting and deleting DB instances. */
final class RdsInstances {

  private static final String[] CREATE_PARAMS = {
    "DBInstanceIdentifier",
    "DBName",
    "Engine",
    "MasterUsername",
    "MasterUserPassword",
    "StorageEncrypted",
    "KmsKeyId",
    "DBInstanceClass",
    "StorageType",
    "AllocatedStorage",
    "Iops",
    "StorageThroughput",
    "MaxAllocatedStorage",
    "AvailabilityZone",
    "MultiAZ",
    "DBSubnetGroupName",
    "VpcSecurityGroupIds",
    "DBParameterGroupName",
    "OptionGroupName",
    "Port",
    "PubliclyAccessible",
    "EnableIAMDatabaseAuthentication",
    "EnablePerformanceInsights",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "DatabaseInsightsMode",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "EnableCloudwatchLogsExports",
    "BackupRetentionPeriod",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "DeletionProtection",
    "CACertificateIdentifier",
    "LicenseModel",
    "EngineVersion",
    "ManageMasterUserPassword",
    "MasterUserSecretKmsKeyId",
    "Domain",
    "DomainIAMRoleName",
    "NetworkType",
    "ProcessorFeatures",
    "DedicatedLogVolume",
    "CopyTagsToSnapshot",
    "AutoMinorVersionUpgrade",
    "EngineLifecycleSupport",
    "BackupTarget",
    "CustomIamInstanceProfile",
    "EnableCustomerOwnedIp",
    "DBCapacityReservationIdentifier",
    "Tags"
  };

  /** What {@code RestoreDBInstanceFromDBSnapshot} does not take, per its model. */
  private static final List<String> NOT_IN_RESTORE =
      List.of(
          "MasterUsername",
          "MasterUserPassword",
          "StorageEncrypted",
          "KmsKeyId",
          "MaxAllocatedStorage",
          "EnablePerformanceInsights",
          "PerformanceInsightsKMSKeyId",
          "PerformanceInsightsRetentionPeriod",
          "DatabaseInsightsMode",
          "MonitoringInterval",
          "MonitoringRoleArn",
          "PreferredMaintenanceWindow",
          "EngineVersion");

  /** What a DB snapshot remembers of its DB instance and gives to a restored one. */
  static final List<String> IN_SNAPSHOT =
      List.of(
          "Engine",
          "EngineVersion",
          "MasterUsername",
          "DBName",
          "AllocatedStorage",
          "StorageType",
          "Iops",
          "StorageThroughput",
          "LicenseModel",
          "BackupRetentionPeriod",
          "PreferredBackupWindow",
          "OptionGroupMemberships",
          "DBInstanceClass");

  private final RdsStore store;
  private final RdsSnapshots snapshots;
  private final RdsAutomatedBackups backups;

  RdsInstances(RdsStore store, RdsSnapshots snapshots, RdsAutomatedBackups backups) {
    this.store = store;
    this.snapshots = snapshots;
    this.backups = backups;
  }

  void define(Map<String, Operation> operations) {
    operations.put("CreateDBInstance", Operation.write(this::create, CREATE_PARAMS));
    List<String> restore = new ArrayList<>(List.of(CREATE_PARAMS));
    restore.removeAll(NOT_IN_RESTORE);
    restore.add("DBSnapshotIdentifier");
    operations.put(
        "RestoreDBInstanceFromDBSnapshot",
        Operation.write(this::restore, restore.toArray(String[]::new)));
    operations.put(
        "DescribeDBInstances",
        Operation.read(this::describe, "DBInstanceIdentifier", "Filters", "MaxRecords", "Marker"));
    operations.put("RebootDBInstance", Operation.write(this::reboot, "DBInstanceIdentifier"));
    operations.put(
        "DeleteDBInstance",
        Operation.write(
            this::delete,
            "DBInstanceIdentifier",
            "SkipFinalSnapshot",
            "FinalDBSnapshotIdentifier",
            "DeleteAutomatedBackups"));
    operations.put(
        "CreateDBInstanceReadReplica",
        Operation.write(this::replica, "DBInstanceIdentifier", "SourceDBInstanceIdentifier"));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    DbInstance instance = newInstance(request);
    String engine = params.required("Engine");
    Map<String, Object> attributes = instance.attributes;
    String wanted =
        params.text("EngineVersion").orElseGet(() -> EngineVersion.defaultVersion(engine));
    EngineVersion version = EngineVersion.of(engine, wanted);
    store.groups.check(request, version);
    attributes.putAll(defaults(request.region(), version));
    attributes.put("DBInstanceClass", params.required("DBInstanceClass"));
    attributes.put("AllocatedStorage", params.number("AllocatedStorage").orElse(20));
    attributes.put("BackupRetentionPeriod", 1);
    attributes.put("PreferredBackupWindow", "03:00-03:30");
    attributes.putAll(Attributes.of(params));
    attributes.put("Engine", engine);
    attributes.put("EngineVersion", EngineVersion.offered(engine, wanted));
    attributes.put("MasterUsername", params.required("MasterUsername"));
    params.text("DBName").ifPresent(name -> attributes.put("DBName", name));
    Encryption.ofStorage(store, request, attributes);
    Encryption.ofInsights(store, request, attributes);
    common(request, instance);
    String password = store.masterSecrets.create(request, instance.resourceId, attributes);
    if (engine.equals("postgres")) {
      instance.database =
          Optional.of(
              PostgresDatabase.create(
                  store.newDirectory("instance"),
                  new PostgresDatabase.Origin(
                      params.required("MasterUsername"), password, params.text("DBName"))));
    }
    finish(instance, "CreateDBInstance", Takes.CREATE);
    return store.answer(instance);
  }

  private DbInstance newInstance(AwsRequest request) {
    String identifier =
        store.newInstanceIdentifier(
            request.region(), request.params().required("DBInstanceIdentifier"));
    store.requireRoomForInstance();
    return new DbInstance(
        request.region(), RdsStore.newResourceId("db-"), identifier, store.timeline.now());
  }

  /** What RDS gives an instance for which nothing else was asked. */
  private static Map<String, Object> defaults(String region, EngineVersion version) {
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("StorageType", "gp2");
    defaults.put("MultiAZ", false);
    defaults.put("AvailabilityZone", region + "a");
    defaults.put("PubliclyAccessible", false);
    defaults.put("AutoMinorVersionUpgrade", true);
    defaults.put("CopyTagsToSnapshot", false);
    defaults.put("DeletionProtection", false);
    defaults.put("IAMDatabaseAuthenticationEnabled", false);
    defaults.put("PerformanceInsightsEnabled", false);
    defaults.put("DatabaseInsightsMode", "standard");
    defaults.put("DedicatedLogVolume", false);
    defaults.put("MonitoringInterval", 0);
    defaults.put("NetworkType", "IPV4");
    defaults.put("BackupTarget", "region");
    defaults.put("LicenseModel", "postgresql-license");
    defaults.put("CACertificateIdentifier", "rds-ca-rsa2048-g1");
    defaults.put("EngineLifecycleSupport", "open-source-rds-extended-support");
    defaults.put("PreferredMaintenanceWindow", "sun:04:00-sun:04:30");
    defaults.put("VpcSecurityGroups", Attributes.securityGroups(List.of("sg-00000000")));
    defaults.put(
        "DBParameterGroups", Attributes.parameterGroup(version.defaultParameterGroup(), "in-sync"));
    defaults.put("OptionGroupMemberships", Attributes.optionGroup(version.defaultOptionGroup()));
    return defaults;
  }

  private void common(AwsRequest request, DbInstance instance) {
    Params params = request.params();
    instance.attributes.put("InstanceCreateTime", instance.createdAt.toString());
    instance.attributes.put(
        "DBSubnetGroup",
        store
            .groups
            .find(
                GroupKind.SUBNET,
                request.region(),
                params.text("DBSubnetGroupName").orElse("default"))
            .xml(store.accountId));
    Tags.put(instance.tags, params);
    instance.port = params.number("Port").orElse(5432);
    if (instance.port < 1150 || instance.port > 65535) {
      throw AwsError.badRequest("InvalidParameterValue", "Port must be 1150 to 65535");
    }
  }

  private void finish(DbInstance instance, String operation, Duration takes) {
    store.add(instance);
    store.later(
        operation,
        takes,
        () -> {
          instance.status = "available";
          store.openEndpoint(instance);
        });
  }

  private Map<String, Object> restore(AwsRequest request) {
    DbSnapshot snapshot =
        store.snapshot(request.region(), request.params().required("DBSnapshotIdentifier"));
    if (!snapshot.status.equals("available")) {
      throw AwsError.badRequest(
          "InvalidDBSnapshotState", "DB snapshot " + snapshot.identifier + " is not available.");
    }
    Object key = snapshot.attributes.get("KmsKeyId");
    if (key != null) {
      store.requireKey(request.region(), key.toString());
    }
    MasterSecrets.refuse(request.params());
    DbInstance instance = newInstance(request);
    Map<String, Object> attributes = instance.attributes;
    EngineVersion version =
        EngineVersion.of(snapshot.remembered("Engine"), snapshot.remembered("EngineVersion"));
    store.groups.check(request, version);
    attributes.putAll(defaults(request.region(), version));
    attributes.putAll(snapshot.instanceAttributes);
    attributes.putAll(Attributes.of(request.params()));
    attributes.put("StorageEncrypted", key != null);
    if (key != null) {
      attributes.put("KmsKeyId", key);
    }
    common(request, instance);
    instance.database =
        snapshot.data.map(data -> PostgresDatabase.restore(store.newDirectory("instance"), data));
    finish(instance, "RestoreDBInstanceFromDBSnapshot", Takes.RESTORE);
    return store.answer(instance);
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    List<Map<String, Object>> found = new ArrayList<>();
    if (params.has("DBInstanceIdentifier")) {
      DbInstance instance = store.instance(request);
      found.add(instance.xml(store.accountId, store.address(instance)));
    } else {
      for (DbInstance instance : store.instancesIn(request.region())) {
        if (matches(instance, params)) {
          found.add(instance.xml(store.accountId, store.address(instance)));
        }
      }
    }
    return RdsStore.page(params, "DBInstances", "DBInstance", found);
  }

  private static boolean matches(DbInstance instance, Params params) {
    for (Params filter : params.structures("Filters")) {
      List<String> values = filter.texts("Values");
      boolean matches =
          switch (filter.required("Name")) {
            case "db-instance-id" -> values.contains(instance.identifier);
            case "dbi-resource-id" -> values.contains(instance.resourceId);
            case "engine" -> values.contains(instance.text("Engine"));
            default ->
                throw AwsError.badRequest(
                    "InvalidParameterValue",
                    "Unrecognized filter name: " + filter.required("Name"));
          };
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  private Map<String, Object> reboot(AwsRequest request) {
    DbInstance instance = store.instance(request);
    RdsStore.requireAvailable(instance);
    instance.status = "rebooting";
    instance.database.ifPresent(PostgresDatabase::restart);
    store.later(
        "RebootDBInstance",
        Takes.REBOOT,
        () -> {
          instance.status = "available";
          RdsModification.applyParameterGroup(instance);
        });
    return store.answer(instance);
  }

  private Map<String, Object> delete(AwsRequest request) {
    DbInstance instance = store.instance(request);
    Optional<String> last = RdsStore.finalSnapshot(request.params());
    RdsStore.requireUnprotected(instance);
    store.requireNotDeployed(instance);
    if (instance.status.equals("deleting")) {
      throw AwsError.badRequest(
          "InvalidDBInstanceState",
          "Instance " + instance.identifier + " is already being deleted.");
    }
    if (!instance.replications.isEmpty()) {
      throw AwsError.notModelled("deleting a DB instance whose automated backups are replicated");
    }
    Runnable keepBackups =
        backups.whenDeleted(
            request, instance.attributes, () -> RdsAutomatedBackups.of(instance, "active"));
    if (last.isPresent()) {
      RdsStore.requireAvailable(instance);
      snapshots.take(instance, last.get());
    }
    instance.status = "deleting";
    store.closeEndpoint(instance);
    store.later(
        "DeleteDBInstance",
        Takes.DELETE,
        () -> {
          store.delete(instance);
          keepBackups.run();
        });
    return store.answer(instance);
  }

  private Map<String, Object> replica(AwsRequest request) {
    DbInstance source =
        store.instance(request.region(), request.params().required("SourceDBInstanceIdentifier"));
    RdsStore.requireAvailable(source);
    DbInstance replica = newInstance(request);
    replica.attributes.putAll(source.attributes);
    replica.attributes.put("ReadReplicaSourceDBInstanceIdentifier", source.identifier);
    replica.port = source.port;
    source.replicas.add(replica.identifier);
    finish(replica, "CreateDBInstanceReadReplica", Takes.CREATE);
    return store.answer(replica);
  }
}
