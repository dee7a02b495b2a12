package io.github.kmsrotation.rds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBParameterGroupStatus;
import software.amazon.awssdk.services.rds.model.DescribeDbInstancesResponse;
import software.amazon.awssdk.services.rds.model.DomainMembership;
import software.amazon.awssdk.services.rds.model.MasterUserSecret;
import software.amazon.awssdk.services.rds.model.RestoreDbInstanceFromDbSnapshotRequest;
import software.amazon.awssdk.services.rds.model.Tag;

/** Promise 4: what cannot be carried over is named in the plan, or refused. */
class RdsPlanWarningsTest {

  @TempDir Path directory;
  private RdsWorld world;

  @BeforeEach
  void createDatabase() {
    world = new RdsWorld(directory, r -> r.enablePerformanceInsights(true));
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** A client for which AWS tells the DB instance a little differently. */
  private RdsClient telling(UnaryOperator<DBInstance> change) {
    ExecutionInterceptor interceptor =
        new ExecutionInterceptor() {
          @Override
          public SdkResponse modifyResponse(
              Context.ModifyResponse context, ExecutionAttributes attributes) {
            return context.response() instanceof DescribeDbInstancesResponse response
                ? response.toBuilder()
                    .dbInstances(response.dbInstances().stream().map(change).toList())
                    .build()
                : context.response();
          }
        };
    return client(interceptor);
  }

  private RdsClient client(ExecutionInterceptor interceptor) {
    return RdsClient.builder()
        .endpointOverride(URI.create(world.aws.endpoint().toString()))
        .region(Region.of(world.aws.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDTEST", "secret")))
        .overrideConfiguration(c -> c.addExecutionInterceptor(interceptor))
        .build();
  }

  /** Everything that planning says, be it a refusal or a plan with warnings. */
  private String said(UnaryOperator<DBInstance> change) {
    try (RdsClient client = telling(change)) {
      RotationPlan plan = world.planner().with(world.options().client(client).build()).plan();
      return plan.warnings().toString();
    } catch (PlanningException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void plan_ofAReplicaOfADbCluster_saysSo() {
    assertThat(said(i -> i.toBuilder().readReplicaSourceDBClusterIdentifier("sales").build()))
        .contains("sales");
  }

  @Test
  void plan_ofADatabaseOfACloudFormationStack_saysThatItsTagsAreNotCarriedOver() {
    Tag tag = Tag.builder().key("aws:cloudformation:stack-name").value("orders-stack").build();
    assertThat(
            said(
                i -> {
                  List<Tag> tags = new ArrayList<>(i.tagList());
                  tags.add(tag);
                  return i.toBuilder().tagList(tags).build();
                }))
        .contains("aws:cloudformation");
  }

  @Test
  void plan_whenPerformanceInsightsIsUnderTheKeyThatIsLeft_saysThatItStaysThere() {
    DBInstance original = world.instance(RdsWorld.DATABASE);
    assertThat(original.performanceInsightsKMSKeyId()).isEqualTo(original.kmsKeyId());

    assertThat(said(i -> i)).contains(original.kmsKeyId());
  }

  @Test
  void plan_whenTheSecretIsUnderTheKeyThatIsLeft_saysThatItStaysThere() {
    assertThat(
            said(
                i ->
                    i.toBuilder()
                        .performanceInsightsEnabled(false)
                        .masterUserSecret(
                            MasterUserSecret.builder()
                                .kmsKeyId(i.kmsKeyId())
                                .secretArn("arn:aws:secretsmanager:x")
                                .build())
                        .build()))
        .contains(world.instance(RdsWorld.DATABASE).kmsKeyId());
  }

  /** One user and one password for both sides cannot log in to a replacement with a new one. */
  @Test
  void plan_whenRdsManagesThePasswordAndTheComparisonHasOnlyOne_saysThatItWillFail() {
    assertThat(
            said(
                i ->
                    i.toBuilder()
                        .masterUserSecret(
                            MasterUserSecret.builder()
                                .kmsKeyId(world.keyArn)
                                .secretArn("arn:aws:secretsmanager:x")
                                .build())
                        .build()))
        .containsAnyOf("JdbcComparison", "verifyData", "connector");
  }

  /**
   * A restore starts with the group as it is now: static parameters that wait would take effect.
   */
  @Test
  void plan_whenParametersWaitForAReboot_saysThatTheReplacementWillHaveThem() {
    assertThat(
            said(
                i ->
                    i.toBuilder()
                        .dbParameterGroups(
                            DBParameterGroupStatus.builder()
                                .dbParameterGroupName("default.postgres14")
                                .parameterApplyStatus("pending-reboot")
                                .build())
                        .build()))
        .contains("pending-reboot");
  }

  /**
   * botocore's rds model says of RestoreDBInstanceFromDBSnapshot's ManageMasterUserPassword:
   * "Applies to RDS for Oracle only." For others it has to come with the modification.
   */
  @Test
  void restore_ofAPostgresWhosePasswordRdsManages_doesNotSendWhatOnlyOracleTakes() {
    world.rds.modifyDBInstance(
        r ->
            r.dbInstanceIdentifier(RdsWorld.DATABASE)
                .manageMasterUserPassword(true)
                .masterUserSecretKmsKeyId(RdsWorld.INSIGHTS_KEY_ALIAS)
                .applyImmediately(true));
    world.settle();
    List<Boolean> sent = new ArrayList<>();
    ExecutionInterceptor spy =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(
              Context.BeforeExecution context, ExecutionAttributes attributes) {
            if (context.request() instanceof RestoreDbInstanceFromDbSnapshotRequest restore) {
              sent.add(Boolean.TRUE.equals(restore.manageMasterUserPassword()));
            }
          }
        };
    try (RdsClient client = client(spy)) {
      RdsOptions options =
          RdsOptions.builder()
              .client(client)
              .blueGreen(BlueGreen.NEVER)
              .iAcceptLosingWritesMadeAfterTheSnapshot()
              .iAcceptThatTheDataIsNotCompared()
              .build();
      world.runner().with(options).build().run(world.planner().with(options).plan());
    }

    assertThat(sent).containsExactly(false);
  }

  @Test
  void plan_whenItUsesAListenerOrARolloutOrderOrACapacityReservation_saysWhatThatMeans() {
    assertThat(
            said(
                i ->
                    i.toBuilder()
                        .listenerEndpoint(e -> e.address("listener"))
                        .upgradeRolloutOrder("last")
                        .dbCapacityReservationIdentifier("reserved")
                        .build()))
        .contains("listener endpoint", "rollout order is last", "reservation reserved");
  }

  @Test
  void domain_ofACustomersDirectory_isComparedWithItsSecretAndItsDns() {
    assertThat(domain("secret-1", "10.0.0.1")).isEqualTo(domain("secret-1", "10.0.0.1"));
    assertThat(domain("secret-1", "10.0.0.1")).isNotEqualTo(domain("secret-2", "10.0.0.1"));
    assertThat(domain("secret-1", "10.0.0.1")).isNotEqualTo(domain("secret-1", "10.0.0.2"));
  }

  private static String domain(String secret, String dns) {
    return Domains.SETTING.of(
        DBInstance.builder()
            .domainMemberships(
                DomainMembership.builder()
                    .fqdn("corp.example")
                    .authSecretArn(secret)
                    .dnsIps(dns)
                    .build())
            .build());
  }
}
