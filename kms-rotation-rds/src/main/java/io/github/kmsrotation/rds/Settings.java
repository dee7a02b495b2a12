package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.RunId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.ModifyDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.ProcessorFeature;
import software.amazon.awssdk.services.rds.model.RestoreDbInstanceFromDbSnapshotRequest;
import software.amazon.awssdk.services.rds.model.Tag;

/**
 * Every setting of a DB instance that a replacement has to have too. What {@code
 * RestoreDBInstanceFromDBSnapshot} takes is given there; the rest by {@code ModifyDBInstance}
 * afterwards. Roles and tags have calls of their own.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html">
 *     RestoreDBInstanceFromDBSnapshot</a>
 */
final class Settings {

  /** What every gp3 volume has; RDS refuses to be told so for small ones. */
  private static final int GP3_BASE_IOPS = 3000;

  private static final int GP3_BASE_THROUGHPUT = 125;

  static final List<Setting> ALL = all();

  /** RDS chooses where a green DB instance is, which no call can be told. */
  private static final String ZONE = "AvailabilityZone";

  private Settings() {}

  /** Those that a replacement has as the original has them. */
  static List<Setting> kept(RdsWay way) {
    return way == RdsWay.BLUE_GREEN
        ? ALL.stream().filter(setting -> !setting.name().equals(ZONE)).toList()
        : ALL;
  }

  private static List<Setting> all() {
    List<Setting> settings = new ArrayList<>();
    settings.addAll(kept());
    settings.addAll(storage());
    settings.addAll(network());
    settings.addAll(operation());
    settings.addAll(observation());
    return List.copyOf(settings);
  }

  /** What a DB snapshot carries by itself: compared, never sent. */
  private static List<Setting> kept() {
    return List.of(
        compared("Engine", DBInstance::engine),
        compared("EngineVersion", DBInstance::engineVersion),
        compared("MasterUsername", DBInstance::masterUsername),
        compared("DBName", DBInstance::dbName),
        compared("CharacterSetName", DBInstance::characterSetName),
        compared("NcharCharacterSetName", DBInstance::ncharCharacterSetName),
        compared("Timezone", DBInstance::timezone),
        compared("AllocatedStorage", DBInstance::allocatedStorage),
        compared("StorageEncrypted", i -> "true"),
        compared("MultiTenant", i -> orFalse(i.multiTenant())));
  }

  private static List<Setting> storage() {
    return List.of(
        setting(
            "StorageType",
            DBInstance::storageType,
            (r, i) -> r.storageType(i.storageType()),
            (m, i) -> m.storageType(i.storageType())),
        when(
            "Iops",
            Settings::iops,
            (r, i) -> r.iops(i.iops()),
            (m, i) -> m.iops(i.iops()),
            i -> !iops(i).isEmpty()),
        when(
            "StorageThroughput",
            Settings::throughput,
            (r, i) -> r.storageThroughput(i.storageThroughput()),
            (m, i) -> m.storageThroughput(i.storageThroughput()),
            i -> !throughput(i).isEmpty()),
        modified(
            "MaxAllocatedStorage",
            DBInstance::maxAllocatedStorage,
            (m, i) ->
                m.maxAllocatedStorage(
                    i.maxAllocatedStorage() == null
                        ? i.allocatedStorage()
                        : i.maxAllocatedStorage())),
        setting(
            "DedicatedLogVolume",
            i -> orFalse(i.dedicatedLogVolume()),
            (r, i) -> r.dedicatedLogVolume(i.dedicatedLogVolume()),
            (m, i) -> m.dedicatedLogVolume(i.dedicatedLogVolume())),
        restored(
            "BackupTarget", DBInstance::backupTarget, (r, i) -> r.backupTarget(i.backupTarget())));
  }

  private static List<Setting> network() {
    return List.of(
        restored(
            "DBSubnetGroupName",
            i -> i.dbSubnetGroup() == null ? null : i.dbSubnetGroup().dbSubnetGroupName(),
            (r, i) -> r.dbSubnetGroupName(i.dbSubnetGroup().dbSubnetGroupName())),
        setting(
            "VpcSecurityGroupIds",
            i -> sorted(securityGroups(i)),
            (r, i) -> r.vpcSecurityGroupIds(securityGroups(i)),
            (m, i) -> m.vpcSecurityGroupIds(securityGroups(i))),
        setting(
            "Port",
            i -> i.endpoint() == null ? null : i.endpoint().port(),
            (r, i) -> r.port(i.endpoint().port()),
            (m, i) -> m.dbPortNumber(i.endpoint().port())),
        setting(
            "PubliclyAccessible",
            DBInstance::publiclyAccessible,
            (r, i) -> r.publiclyAccessible(i.publiclyAccessible()),
            (m, i) -> m.publiclyAccessible(i.publiclyAccessible())),
        setting(
            "NetworkType",
            DBInstance::networkType,
            (r, i) -> r.networkType(i.networkType()),
            (m, i) -> m.networkType(i.networkType())),
        setting(
            "CustomerOwnedIpEnabled",
            i -> orFalse(i.customerOwnedIpEnabled()),
            (r, i) -> r.enableCustomerOwnedIp(i.customerOwnedIpEnabled()),
            (m, i) -> m.enableCustomerOwnedIp(i.customerOwnedIpEnabled())),
        setting(
            "MultiAZ",
            DBInstance::multiAZ,
            (r, i) -> r.multiAZ(i.multiAZ()),
            (m, i) -> m.multiAZ(i.multiAZ())),
        new Setting(
            ZONE,
            // A Multi-AZ instance may sit in either of its zones: RDS chooses.
            i -> isTrue(i.multiAZ()) ? "" : text(i.availabilityZone()),
            (r, i) -> r.availabilityZone(i.availabilityZone()),
            Settings::nothing,
            i -> !isTrue(i.multiAZ()) && i.availabilityZone() != null));
  }

  private static List<Setting> operation() {
    return List.of(
        setting(
            "DBInstanceClass",
            DBInstance::dbInstanceClass,
            (r, i) -> r.dbInstanceClass(i.dbInstanceClass()),
            (m, i) -> m.dbInstanceClass(i.dbInstanceClass())),
        when(
            "ProcessorFeatures",
            i -> sorted(i.processorFeatures().stream().map(Settings::text).toList()),
            (r, i) -> r.processorFeatures(i.processorFeatures()),
            (m, i) -> m.processorFeatures(i.processorFeatures()),
            i -> i.hasProcessorFeatures() && !i.processorFeatures().isEmpty()),
        setting(
            "DBCapacityReservationIdentifier",
            DBInstance::dbCapacityReservationIdentifier,
            (r, i) -> r.dbCapacityReservationIdentifier(i.dbCapacityReservationIdentifier()),
            (m, i) -> m.dbCapacityReservationIdentifier(i.dbCapacityReservationIdentifier())),
        setting(
            "DBParameterGroupName",
            Settings::parameterGroup,
            (r, i) -> r.dbParameterGroupName(parameterGroup(i)),
            (m, i) -> m.dbParameterGroupName(parameterGroup(i))),
        setting(
            "OptionGroupName",
            Settings::optionGroup,
            (r, i) -> r.optionGroupName(optionGroup(i)),
            (m, i) -> m.optionGroupName(optionGroup(i))),
        setting(
            "LicenseModel",
            DBInstance::licenseModel,
            (r, i) -> r.licenseModel(i.licenseModel()),
            (m, i) -> m.licenseModel(i.licenseModel())),
        restored(
            "EngineLifecycleSupport",
            DBInstance::engineLifecycleSupport,
            (r, i) -> r.engineLifecycleSupport(i.engineLifecycleSupport())),
        setting(
            "AutoMinorVersionUpgrade",
            DBInstance::autoMinorVersionUpgrade,
            (r, i) -> r.autoMinorVersionUpgrade(i.autoMinorVersionUpgrade()),
            (m, i) -> m.autoMinorVersionUpgrade(i.autoMinorVersionUpgrade())),
        setting(
            "IAMDatabaseAuthenticationEnabled",
            i -> orFalse(i.iamDatabaseAuthenticationEnabled()),
            (r, i) -> r.enableIAMDatabaseAuthentication(i.iamDatabaseAuthenticationEnabled()),
            (m, i) -> m.enableIAMDatabaseAuthentication(i.iamDatabaseAuthenticationEnabled())),
        setting(
            "CACertificateIdentifier",
            DBInstance::caCertificateIdentifier,
            (r, i) -> r.caCertificateIdentifier(i.caCertificateIdentifier()),
            (m, i) -> m.caCertificateIdentifier(i.caCertificateIdentifier())),
        when(
            "ManageMasterUserPassword",
            i -> i.masterUserSecret() == null ? "" : "key " + i.masterUserSecret().kmsKeyId(),
            (r, i) -> {
              // A restore takes it for Oracle only, per the API's reference.
              if (i.engine().startsWith("oracle")) {
                r.manageMasterUserPassword(true)
                    .masterUserSecretKmsKeyId(i.masterUserSecret().kmsKeyId());
              }
            },
            (m, i) ->
                m.manageMasterUserPassword(true)
                    .masterUserSecretKmsKeyId(i.masterUserSecret().kmsKeyId()),
            i -> i.masterUserSecret() != null),
        Domains.SETTING,
        restored(
            "CustomIamInstanceProfile",
            DBInstance::customIamInstanceProfile,
            (r, i) -> r.customIamInstanceProfile(i.customIamInstanceProfile())),
        setting(
            "BackupRetentionPeriod",
            DBInstance::backupRetentionPeriod,
            (r, i) -> r.backupRetentionPeriod(i.backupRetentionPeriod()),
            (m, i) -> m.backupRetentionPeriod(i.backupRetentionPeriod())),
        setting(
            "PreferredBackupWindow",
            DBInstance::preferredBackupWindow,
            (r, i) -> r.preferredBackupWindow(i.preferredBackupWindow()),
            (m, i) -> m.preferredBackupWindow(i.preferredBackupWindow())),
        modified(
            "PreferredMaintenanceWindow",
            DBInstance::preferredMaintenanceWindow,
            (m, i) -> m.preferredMaintenanceWindow(i.preferredMaintenanceWindow())),
        setting(
            "CopyTagsToSnapshot",
            i -> orFalse(i.copyTagsToSnapshot()),
            (r, i) -> r.copyTagsToSnapshot(i.copyTagsToSnapshot()),
            (m, i) -> m.copyTagsToSnapshot(i.copyTagsToSnapshot())),
        setting(
            "DeletionProtection",
            i -> orFalse(i.deletionProtection()),
            (r, i) -> r.deletionProtection(i.deletionProtection()),
            (m, i) -> m.deletionProtection(i.deletionProtection())));
  }

  private static List<Setting> observation() {
    return List.of(
        modified(
            "PerformanceInsights",
            i ->
                isTrue(i.performanceInsightsEnabled())
                    ? "key "
                        + i.performanceInsightsKMSKeyId()
                        + ", "
                        + i.performanceInsightsRetentionPeriod()
                        + " days"
                    : "off",
            (m, i) -> {
              m.enablePerformanceInsights(isTrue(i.performanceInsightsEnabled()));
              if (isTrue(i.performanceInsightsEnabled())) {
                m.performanceInsightsKMSKeyId(i.performanceInsightsKMSKeyId())
                    .performanceInsightsRetentionPeriod(i.performanceInsightsRetentionPeriod());
              }
            }),
        modified(
            "DatabaseInsightsMode",
            DBInstance::databaseInsightsModeAsString,
            (m, i) -> {
              m.databaseInsightsMode(i.databaseInsightsModeAsString());
              if (isTrue(i.performanceInsightsEnabled())) {
                m.enablePerformanceInsights(true)
                    .performanceInsightsKMSKeyId(i.performanceInsightsKMSKeyId())
                    .performanceInsightsRetentionPeriod(i.performanceInsightsRetentionPeriod());
              }
            }),
        modified(
            "EnhancedMonitoring",
            i ->
                i.monitoringInterval() == null || i.monitoringInterval() == 0
                    ? "off"
                    : i.monitoringInterval() + " s, role " + i.monitoringRoleArn(),
            (m, i) -> {
              int interval = i.monitoringInterval() == null ? 0 : i.monitoringInterval();
              m.monitoringInterval(interval);
              if (interval > 0) {
                m.monitoringRoleArn(i.monitoringRoleArn());
              }
            }),
        when(
            "EnabledCloudwatchLogsExports",
            i -> sorted(i.enabledCloudwatchLogsExports()),
            (r, i) -> r.enableCloudwatchLogsExports(i.enabledCloudwatchLogsExports()),
            (m, i) ->
                m.cloudwatchLogsExportConfiguration(
                    c -> c.enableLogTypes(i.enabledCloudwatchLogsExports())),
            i -> !i.enabledCloudwatchLogsExports().isEmpty()));
  }

  // What follows turns values into words and gives the rows of the table their forms.

  private static Setting compared(String name, Function<DBInstance, @Nullable Object> value) {
    return new Setting(
        name, i -> text(value.apply(i)), Settings::nothing, Settings::nothing, i -> false);
  }

  private static Setting setting(
      String name,
      Function<DBInstance, @Nullable Object> value,
      BiConsumer<RestoreDbInstanceFromDbSnapshotRequest.Builder, DBInstance> restore,
      BiConsumer<ModifyDbInstanceRequest.Builder, DBInstance> modify) {
    return new Setting(
        name, i -> text(value.apply(i)), restore, modify, i -> !text(value.apply(i)).isEmpty());
  }

  private static Setting restored(
      String name,
      Function<DBInstance, @Nullable Object> value,
      BiConsumer<RestoreDbInstanceFromDbSnapshotRequest.Builder, DBInstance> restore) {
    return setting(name, value, restore, Settings::nothing);
  }

  private static Setting modified(
      String name,
      Function<DBInstance, @Nullable Object> value,
      BiConsumer<ModifyDbInstanceRequest.Builder, DBInstance> modify) {
    return new Setting(name, i -> text(value.apply(i)), Settings::nothing, modify, i -> true);
  }

  private static Setting when(
      String name,
      Function<DBInstance, @Nullable Object> value,
      BiConsumer<RestoreDbInstanceFromDbSnapshotRequest.Builder, DBInstance> restore,
      BiConsumer<ModifyDbInstanceRequest.Builder, DBInstance> modify,
      Predicate<DBInstance> applies) {
    return new Setting(name, i -> text(value.apply(i)), restore, modify, applies);
  }

  private static void nothing(Object builder, DBInstance original) {}

  static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static String text(ProcessorFeature feature) {
    return feature.name() + "=" + feature.value();
  }

  static String sorted(Collection<String> values) {
    return String.join(", ", new TreeSet<>(values));
  }

  private static boolean isTrue(@Nullable Boolean value) {
    return Boolean.TRUE.equals(value);
  }

  private static String orFalse(@Nullable Boolean value) {
    return Boolean.toString(isTrue(value));
  }

  private static String iops(DBInstance instance) {
    Integer iops = instance.iops();
    boolean isBase = "gp3".equals(instance.storageType()) && text(iops).equals("" + GP3_BASE_IOPS);
    return iops == null || iops == 0 || isBase ? "" : iops.toString();
  }

  private static String throughput(DBInstance instance) {
    Integer throughput = instance.storageThroughput();
    return throughput == null || throughput <= GP3_BASE_THROUGHPUT ? "" : throughput.toString();
  }

  private static List<String> securityGroups(DBInstance instance) {
    return instance.vpcSecurityGroups().stream().map(g -> g.vpcSecurityGroupId()).toList();
  }

  private static @Nullable String parameterGroup(DBInstance instance) {
    return instance.dbParameterGroups().isEmpty()
        ? null
        : instance.dbParameterGroups().get(0).dbParameterGroupName();
  }

  private static @Nullable String optionGroup(DBInstance instance) {
    return instance.optionGroupMemberships().isEmpty()
        ? null
        : instance.optionGroupMemberships().get(0).optionGroupName();
  }

  /** Tags that a caller may set: AWS keeps the prefix {@code aws:} for itself. */
  static List<Tag> ownTags(DBInstance instance) {
    return instance.tagList().stream()
        .filter(tag -> !tag.key().startsWith("aws:") && !tag.key().equals(RunId.TAG_KEY))
        .toList();
  }

  static String tags(DBInstance instance) {
    return sorted(ownTags(instance).stream().map(tag -> tag.key() + "=" + tag.value()).toList());
  }

  static String roles(DBInstance instance) {
    return sorted(
        instance.associatedRoles().stream().map(r -> r.featureName() + "=" + r.roleArn()).toList());
  }
}
