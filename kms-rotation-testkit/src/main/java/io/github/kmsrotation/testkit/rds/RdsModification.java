package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import io.github.kmsrotation.testkit.postgres.PostgresDatabase;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code ModifyDBInstance}, renaming included, and roles. */
final class RdsModification {

  /** What RDS changes without the DB instance leaving the state available. */
  private static final Set<String> AT_ONCE =
      Set.of("DeletionProtection", "CopyTagsToSnapshot", "AutoMinorVersionUpgrade");

  private final RdsStore store;

  RdsModification(RdsStore store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "ModifyDBInstance",
        Operation.write(
            this::modify,
            "DBInstanceIdentifier",
            "NewDBInstanceIdentifier",
            "ApplyImmediately",
            "AllocatedStorage",
            "DBInstanceClass",
            "VpcSecurityGroupIds",
            "DBParameterGroupName",
            "BackupRetentionPeriod",
            "PreferredBackupWindow",
            "PreferredMaintenanceWindow",
            "MultiAZ",
            "AutoMinorVersionUpgrade",
            "LicenseModel",
            "Iops",
            "StorageThroughput",
            "OptionGroupName",
            "StorageType",
            "CACertificateIdentifier",
            "Domain",
            "DomainIAMRoleName",
            "CopyTagsToSnapshot",
            "MonitoringInterval",
            "MonitoringRoleArn",
            "DBPortNumber",
            "PubliclyAccessible",
            "EnableIAMDatabaseAuthentication",
            "DatabaseInsightsMode",
            "EnablePerformanceInsights",
            "PerformanceInsightsKMSKeyId",
            "PerformanceInsightsRetentionPeriod",
            "CloudwatchLogsExportConfiguration",
            "ProcessorFeatures",
            "DeletionProtection",
            "MaxAllocatedStorage",
            "NetworkType",
            "ManageMasterUserPassword",
            "MasterUserSecretKmsKeyId",
            "DedicatedLogVolume",
            "DBCapacityReservationIdentifier",
            "EnableCustomerOwnedIp"));
    operations.put(
        "AddRoleToDBInstance",
        Operation.write(this::addRole, "DBInstanceIdentifier", "RoleArn", "FeatureName"));
    operations.put(
        "RemoveRoleFromDBInstance",
        Operation.write(this::removeRole, "DBInstanceIdentifier", "RoleArn", "FeatureName"));
  }

  private Map<String, Object> modify(AwsRequest request) {
    Params params = request.params();
    DbInstance instance = store.instance(request);
    RdsStore.requireAvailable(instance);
    if (!params.truth("ApplyImmediately").orElse(false)) {
      throw AwsError.notModelled("ModifyDBInstance without ApplyImmediately");
    }
    Map<String, Object> changes = changes(request, instance);
    Optional<String> newName =
        params
            .text("NewDBInstanceIdentifier")
            .map(name -> store.newInstanceIdentifier(request.region(), name));
    Optional<Integer> port = params.number("DBPortNumber");
    if (newName.isPresent()) {
      store.requireNotDeployed(instance);
      rename(instance, newName.get());
    } else if (AT_ONCE.containsAll(changes.keySet()) && port.isEmpty()) {
      instance.attributes.putAll(changes);
    } else {
      change(instance, changes, port);
    }
    return store.answer(instance);
  }

  private Map<String, Object> changes(AwsRequest request, DbInstance instance) {
    Params params = request.params();
    store.groups.check(
        request, EngineVersion.of(instance.text("Engine"), instance.text("EngineVersion")));
    Map<String, Object> changes = new LinkedHashMap<>(Attributes.of(params));
    params
        .structure("CloudwatchLogsExportConfiguration")
        .ifPresent(
            configuration ->
                changes.put(
                    "EnabledCloudwatchLogsExports",
                    Attributes.logExports(
                        configuration,
                        instance.attributes.getOrDefault("EnabledCloudwatchLogsExports", ""))));
    params
        .text("DBParameterGroupName")
        .ifPresent(
            name ->
                changes.put(
                    "DBParameterGroups",
                    Attributes.parameterGroup(RdsStore.lower(name), "pending-reboot")));
    if (Boolean.TRUE.equals(changes.get("PerformanceInsightsEnabled"))) {
      checkPerformanceInsightsKey(request, instance, changes);
    }
    if (changes.get("AllocatedStorage") instanceof Integer size
        && size < (Integer) instance.attributes.getOrDefault("AllocatedStorage", 0)) {
      throw AwsError.badRequest(
          "InvalidParameterCombination", "Requested size cannot be less than the current size.");
    }
    store.masterSecrets.modify(request, instance);
    return changes;
  }

  private void checkPerformanceInsightsKey(
      AwsRequest request, DbInstance instance, Map<String, Object> changes) {
    Object asked = changes.getOrDefault("PerformanceInsightsKMSKeyId", "alias/aws/rds");
    String key = store.requireKey(request.region(), asked.toString());
    Object current = instance.attributes.get("PerformanceInsightsKMSKeyId");
    if (instance.is("PerformanceInsightsEnabled") && !key.equals(current)) {
      throw AwsError.badRequest(
          "InvalidParameterCombination", "You can't change your Performance Insights KMS key.");
    }
    changes.put("PerformanceInsightsKMSKeyId", key);
    changes.putIfAbsent("PerformanceInsightsRetentionPeriod", 7);
  }

  private void change(DbInstance instance, Map<String, Object> changes, Optional<Integer> port) {
    store.timeline.after(
        Takes.UNTIL_VISIBLE,
        () -> {
          if (instance.isAvailable()) {
            instance.status = "modifying";
          }
        });
    store.later(
        "ModifyDBInstance",
        Takes.UNTIL_VISIBLE.plus(Takes.MODIFY),
        () -> {
          instance.attributes.putAll(changes);
          if (instance.status.equals("modifying")) {
            instance.status = "available";
          }
          port.ifPresent(
              value -> {
                store.closeEndpoint(instance);
                instance.port = value;
                store.openEndpoint(instance);
              });
        });
  }

  private void rename(DbInstance instance, String name) {
    if (instance.pending.containsKey("DBInstanceIdentifier")) {
      if (!name.equals(instance.pending.get("DBInstanceIdentifier"))) {
        throw RdsStore.invalidState(instance);
      }
      return; // asked for again, for example by an SDK that lost the answer
    }
    instance.pending.put("DBInstanceIdentifier", name);
    store.timeline.after(
        Takes.UNTIL_VISIBLE,
        () -> {
          instance.status = "renaming";
          store.closeEndpoint(instance); // cuts all connections, as the reboot does
          instance.database.ifPresent(PostgresDatabase::acceptWrites);
        });
    store.later(
        "ModifyDBInstance",
        Takes.UNTIL_VISIBLE.plus(Takes.RENAME),
        () -> {
          store.remove(instance);
          instance.identifier = name;
          instance.pending.clear();
          instance.status = "available";
          store.add(instance);
          store.openEndpoint(instance);
        });
  }

  static void applyParameterGroup(DbInstance instance) {
    if (instance.attributes.get("DBParameterGroups") instanceof XmlList groups
        && groups.values().get(0) instanceof Map<?, ?> group) {
      instance.attributes.put(
          "DBParameterGroups",
          Attributes.parameterGroup(String.valueOf(group.get("DBParameterGroupName")), "in-sync"));
    }
  }

  private Map<String, Object> addRole(AwsRequest request) {
    DbInstance instance = store.instance(request);
    RdsStore.requireAvailable(instance);
    String feature = request.params().required("FeatureName");
    if (instance.roles.containsKey(feature)) {
      throw AwsError.badRequest("DBInstanceRoleAlreadyExists", "The role is there: " + feature);
    }
    instance.roles.put(feature, request.params().required("RoleArn"));
    return Map.of();
  }

  private Map<String, Object> removeRole(AwsRequest request) {
    DbInstance instance = store.instance(request);
    RdsStore.requireAvailable(instance);
    if (instance.roles.remove(request.params().required("FeatureName")) == null) {
      throw new AwsError("DBInstanceRoleNotFound", 404, "There is no such role.");
    }
    return Map.of();
  }
}
