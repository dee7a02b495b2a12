package io.github.kmsrotation.rds;

import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.CreateDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.ProcessorFeature;
import software.amazon.awssdk.services.rds.model.Tag;

/** A value that is not RDS's default for every setting that a PostgreSQL DB instance can have. */
final class UnusualSettings {

  private static final String ACCOUNT = "arn:aws:iam::123456789012:role/";

  private static final String SUBNETS = "orders-subnets";
  private static final String PARAMETERS = "orders-pg14";
  private static final String OPTIONS = "orders-options";

  private UnusualSettings() {}

  /** A DB instance can only be given groups that are there. */
  static void createGroups(RdsClient rds) {
    rds.createDBSubnetGroup(
        r ->
            r.dbSubnetGroupName(SUBNETS)
                .dbSubnetGroupDescription("orders")
                .subnetIds("subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"));
    rds.createDBParameterGroup(
        r ->
            r.dbParameterGroupName(PARAMETERS)
                .dbParameterGroupFamily("postgres14")
                .description("orders"));
    rds.createOptionGroup(
        r ->
            r.optionGroupName(OPTIONS)
                .engineName("postgres")
                .majorEngineVersion("14")
                .optionGroupDescription("orders"));
  }

  static void apply(CreateDbInstanceRequest.Builder request) {
    request
        .dbInstanceClass("db.r6i.4xlarge")
        .storageType("gp3")
        .allocatedStorage(433)
        .iops(13_000)
        .storageThroughput(613)
        .maxAllocatedStorage(977)
        .dedicatedLogVolume(true)
        .dbSubnetGroupName(SUBNETS)
        .vpcSecurityGroupIds("sg-0a1b2c3d4e5f60001", "sg-0a1b2c3d4e5f60002")
        .port(5499)
        .publiclyAccessible(true)
        .networkType("DUAL")
        .availabilityZone("us-east-1c")
        .processorFeatures(
            ProcessorFeature.builder().name("coreCount").value("4").build(),
            ProcessorFeature.builder().name("threadsPerCore").value("1").build())
        .dbParameterGroupName(PARAMETERS)
        .optionGroupName(OPTIONS)
        .licenseModel("postgresql-license")
        .engineLifecycleSupport("open-source-rds-extended-support-disabled")
        .autoMinorVersionUpgrade(false)
        .enableIAMDatabaseAuthentication(true)
        .caCertificateIdentifier("rds-ca-ecc384-g1")
        .backupRetentionPeriod(23)
        .preferredBackupWindow("03:17-03:59")
        .preferredMaintenanceWindow("wed:05:11-wed:06:07")
        .copyTagsToSnapshot(true)
        .deletionProtection(true)
        .enablePerformanceInsights(true)
        .performanceInsightsKMSKeyId(RdsWorld.INSIGHTS_KEY_ALIAS)
        .performanceInsightsRetentionPeriod(731)
        .databaseInsightsMode("advanced")
        .monitoringInterval(15)
        .monitoringRoleArn(ACCOUNT + "orders-monitoring")
        .enableCloudwatchLogsExports("postgresql", "upgrade")
        .dbCapacityReservationIdentifier("orders-reservation")
        .domain("d-90670a8d36")
        .domainIAMRoleName("orders-directory")
        .tags(
            Tag.builder().key("team").value("orders & billing <eu>").build(),
            Tag.builder().key("kosten:stelle/ü").value("").build());
  }
}
