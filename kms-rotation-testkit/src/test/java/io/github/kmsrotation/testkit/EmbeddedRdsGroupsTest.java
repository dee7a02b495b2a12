package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.CreateDbInstanceRequest;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.RdsException;
import software.amazon.awssdk.services.rds.model.Tag;

/** DB subnet groups, DB parameter groups and option groups have to exist, and to fit. */
class EmbeddedRdsGroupsTest {

  private final EmbeddedAws aws =
      EmbeddedAws.builder().clock(TestClock.manual(Instant.parse("2026-11-24T08:00:00Z"))).start();
  private final RdsClient rds = Clients.of(RdsClient.builder(), aws);

  @AfterEach
  void close() {
    rds.close();
    aws.close();
  }

  private DBInstance create(Consumer<CreateDbInstanceRequest.Builder> settings) {
    return rds.createDBInstance(
            r -> {
              r.dbInstanceIdentifier("orders")
                  .engine("mysql")
                  .engineVersion("8.4.6")
                  .dbInstanceClass("db.m7g.large")
                  .allocatedStorage(20)
                  .masterUsername("orders_admin")
                  .masterUserPassword("secret-password");
              settings.accept(r);
            })
        .dbInstance();
  }

  private void createGroups() {
    rds.createDBSubnetGroup(
        r ->
            r.dbSubnetGroupName("Orders-Subnets")
                .dbSubnetGroupDescription("of orders")
                .subnetIds("subnet-0a1b2c3d", "subnet-0a1b2c3e")
                .tags(Tag.builder().key("team").value("orders").build()));
    rds.createDBParameterGroup(
        r ->
            r.dbParameterGroupName("Orders-MySQL")
                .dbParameterGroupFamily("mysql8.4")
                .description("of orders"));
    rds.createOptionGroup(
        r ->
            r.optionGroupName("orders-options")
                .engineName("mysql")
                .majorEngineVersion("8.4")
                .optionGroupDescription("of orders"));
  }

  private static void assertRefused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RdsException.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  @Test
  void create_withoutGroups_getsTheDefaultsOfItsVersion() {
    DBInstance instance = create(r -> {});

    assertThat(instance.dbSubnetGroup().dbSubnetGroupName()).isEqualTo("default");
    assertThat(instance.dbSubnetGroup().subnets()).hasSize(3);
    assertThat(instance.dbParameterGroups().get(0).dbParameterGroupName())
        .isEqualTo("default.mysql8.4");
    assertThat(instance.optionGroupMemberships().get(0).optionGroupName())
        .isEqualTo("default:mysql-8-4");
  }

  @Test
  void create_withOwnGroups_usesThemByTheNamesInLowerCase() {
    createGroups();

    DBInstance instance =
        create(
            r ->
                r.dbSubnetGroupName("orders-subnets")
                    .dbParameterGroupName("orders-mysql")
                    .optionGroupName("orders-options"));

    assertThat(instance.dbSubnetGroup().dbSubnetGroupName()).isEqualTo("orders-subnets");
    assertThat(instance.dbParameterGroups().get(0).dbParameterGroupName())
        .isEqualTo("orders-mysql");
    assertThat(rds.describeDBSubnetGroups().dbSubnetGroups()).hasSize(2);
    assertThat(
            rds.listTagsForResource(
                    r -> r.resourceName(instance.dbSubnetGroup().dbSubnetGroupArn()))
                .tagList())
        .hasSize(1);
  }

  @Test
  void create_whenAGroupDoesNotExist_isRefusedWithTheCodeOfItsKind() {
    assertRefused("DBSubnetGroupNotFoundFault", () -> create(r -> r.dbSubnetGroupName("none")));
    assertRefused("DBParameterGroupNotFound", () -> create(r -> r.dbParameterGroupName("none")));
    assertRefused("OptionGroupNotFoundFault", () -> create(r -> r.optionGroupName("none")));
    assertThat(aws.rds().instances()).isEmpty();
  }

  @Test
  void create_whenAGroupIsForAnotherVersion_isRefused() {
    assertRefused(
        "InvalidParameterCombination",
        () -> create(r -> r.dbParameterGroupName("default.mysql8.0")));
    assertRefused(
        "InvalidParameterCombination", () -> create(r -> r.optionGroupName("default:mysql-8-0")));
    assertRefused("InvalidParameterCombination", () -> create(r -> r.engineVersion("3.23")));
    assertThat(aws.rds().instances()).isEmpty();
  }

  @Test
  void modifyAndRestore_whenAGroupDoesNotExist_areRefused() {
    create(r -> {});
    aws.clock().advance(Duration.ofMinutes(30));
    rds.createDBSnapshot(r -> r.dbInstanceIdentifier("orders").dbSnapshotIdentifier("first"));
    aws.clock().advance(Duration.ofMinutes(30));

    assertRefused(
        "DBParameterGroupNotFound",
        () ->
            rds.modifyDBInstance(
                r ->
                    r.dbInstanceIdentifier("orders")
                        .dbParameterGroupName("none")
                        .applyImmediately(true)));
    assertRefused(
        "OptionGroupNotFoundFault",
        () ->
            rds.restoreDBInstanceFromDBSnapshot(
                r ->
                    r.dbInstanceIdentifier("copy")
                        .dbSnapshotIdentifier("first")
                        .optionGroupName("none")));
  }

  @Test
  void delete_whenAGroupIsInUse_isRefusedUntilItIsNot() {
    createGroups();
    create(
        r ->
            r.dbSubnetGroupName("orders-subnets")
                .dbParameterGroupName("orders-mysql")
                .optionGroupName("orders-options"));
    aws.clock().advance(Duration.ofMinutes(30));
    assertRefused(
        "InvalidDBSubnetGroupStateFault",
        () -> rds.deleteDBSubnetGroup(r -> r.dbSubnetGroupName("orders-subnets")));
    assertRefused(
        "InvalidDBParameterGroupState",
        () -> rds.deleteDBParameterGroup(r -> r.dbParameterGroupName("orders-mysql")));
    rds.deleteDBInstance(
        r -> r.dbInstanceIdentifier("orders").finalDBSnapshotIdentifier("orders-final"));
    aws.clock().advance(Duration.ofMinutes(30));

    rds.deleteDBSubnetGroup(r -> r.dbSubnetGroupName("orders-subnets"));
    rds.deleteDBParameterGroup(r -> r.dbParameterGroupName("orders-mysql"));
    assertRefused(
        "InvalidOptionGroupStateFault",
        () -> rds.deleteOptionGroup(r -> r.optionGroupName("orders-options")));
    rds.deleteDBSnapshot(r -> r.dbSnapshotIdentifier("orders-final"));
    rds.deleteOptionGroup(r -> r.optionGroupName("orders-options"));

    assertRefused(
        "OptionGroupNotFoundFault",
        () -> rds.describeOptionGroups(r -> r.optionGroupName("orders-options")));
  }

  @Test
  void delete_ofADefaultGroup_isRefused() {
    assertRefused(
        "InvalidDBSubnetGroupStateFault",
        () -> rds.deleteDBSubnetGroup(r -> r.dbSubnetGroupName("default")));
    assertRefused(
        "InvalidDBParameterGroupState",
        () -> rds.deleteDBParameterGroup(r -> r.dbParameterGroupName("default.postgres17")));
    assertRefused(
        "InvalidOptionGroupStateFault",
        () -> rds.deleteOptionGroup(r -> r.optionGroupName("default:postgres-17")));
  }

  @Test
  void createGroup_whenItsNameIsTaken_isRefusedWithTheCodeOfItsKind() {
    createGroups();

    assertRefused(
        "DBSubnetGroupAlreadyExists",
        () ->
            rds.createDBSubnetGroup(
                r ->
                    r.dbSubnetGroupName("orders-subnets")
                        .dbSubnetGroupDescription("again")
                        .subnetIds("subnet-0a1b2c3d", "subnet-0a1b2c3e")));
    assertRefused(
        "DBParameterGroupAlreadyExists",
        () ->
            rds.createDBParameterGroup(
                r ->
                    r.dbParameterGroupName("orders-mysql")
                        .dbParameterGroupFamily("postgres17")
                        .description("again")));
    assertRefused(
        "OptionGroupAlreadyExistsFault",
        () ->
            rds.createOptionGroup(
                r ->
                    r.optionGroupName("orders-options")
                        .engineName("postgres")
                        .majorEngineVersion("17")
                        .optionGroupDescription("again")));
  }

  @Test
  void createGroup_ofBadParts_isRefused() {
    assertRefused(
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        () ->
            rds.createDBSubnetGroup(
                r ->
                    r.dbSubnetGroupName("one")
                        .dbSubnetGroupDescription("d")
                        .subnetIds("subnet-0a1b2c3d")));
    assertRefused(
        "InvalidSubnet",
        () ->
            rds.createDBSubnetGroup(
                r ->
                    r.dbSubnetGroupName("wrong")
                        .dbSubnetGroupDescription("d")
                        .subnetIds("subnet-0a1b2c3d", "vpc-0a1b2c3d")));
    assertRefused(
        "InvalidParameterValue",
        () ->
            rds.createDBParameterGroup(
                r ->
                    r.dbParameterGroupName("wrong")
                        .dbParameterGroupFamily("postgres3")
                        .description("d")));
    assertRefused(
        "InvalidParameterCombination",
        () ->
            rds.createOptionGroup(
                r ->
                    r.optionGroupName("wrong")
                        .engineName("mysql")
                        .majorEngineVersion("8")
                        .optionGroupDescription("d")));
  }

  @Test
  void createOptionGroup_beyondTheQuota_isRefused() {
    for (int i = 0; i < 20; i++) {
      String name = "options-" + i;
      rds.createOptionGroup(
          r ->
              r.optionGroupName(name)
                  .engineName("mysql")
                  .majorEngineVersion("8.4")
                  .optionGroupDescription("d"));
    }

    assertRefused("OptionGroupQuotaExceededFault", this::createGroups);
  }
}
