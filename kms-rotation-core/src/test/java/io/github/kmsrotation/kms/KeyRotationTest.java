package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.run.StepReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.GetKeyRotationStatusResponse;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.RotationType;
import software.amazon.awssdk.services.kms.model.Tag;

/** What the plans for keys do, from the decision to the proof. */
class KeyRotationTest {

  private static final String ROLE = "arn:aws:iam::111122223333:role/orders";

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private KeyWorld world;

  @BeforeEach
  void start() {
    world = new KeyWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private RotationReport rotate(RotationReason reason) {
    RotationPlan plan = world.planner(reason).plan();
    return world.approving().run(plan).requireComplete();
  }

  private static Optional<String> fact(RotationReport report, String step, String name) {
    return report.steps().stream()
        .filter(s -> s.step().id().equals(step))
        .map(StepReport::facts)
        .flatMap(facts -> facts.find(name).stream())
        .findFirst();
  }

  @Test
  void schedule_ofASymmetricKey_hasAwsRotateItEveryYear_andTellsTheDate() {
    String key = world.symmetricKey();

    RotationReport report = rotate(RotationReason.SCHEDULE_REQUIRED);

    GetKeyRotationStatusResponse status = world.kms.getKeyRotationStatus(r -> r.keyId(key));
    assertThat(status.keyRotationEnabled()).isTrue();
    assertThat(status.rotationPeriodInDays()).isEqualTo(365);
    assertThat(fact(report, "see-schedule", "nextRotation"))
        .hasValue(status.nextRotationDate().toString());
  }

  @Test
  void schedule_withAPeriod_setsItToTheDay_andRollBackAfterwardsBringsTheFormerBack() {
    String key = world.symmetricKey();
    world.kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(180));
    KeyOptions options = world.application.options().rotationPeriodInDays(90).build();
    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).with(options).plan();

    world.approving().run(plan).requireComplete();
    assertThat(world.kms.getKeyRotationStatus(r -> r.keyId(key)).rotationPeriodInDays())
        .isEqualTo(90);

    RotationReport back = world.approving().rollBack(plan.runId());
    assertThat(back.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.kms.getKeyRotationStatus(r -> r.keyId(key)).rotationPeriodInDays())
        .isEqualTo(180);
  }

  @Test
  void schedule_ofAKeyThatRotatesOftenEnough_changesNothing() {
    String key = world.symmetricKey();
    world.kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(180));
    world.aws.calls().clear();

    RotationReport report = rotate(RotationReason.SCHEDULE_REQUIRED);

    assertThat(report.plan().rationale().get(0)).contains("every 180 days already");
    assertThat(world.aws.calls().mutating()).isEmpty();
  }

  @Test
  void plan_ofAnAwsManagedKey_explainsThatAwsRotatesIt() {
    world.kms.describeKey(r -> r.keyId("alias/aws/rds"));

    RotationPlan plan =
        world
            .application
            .planner("alias/aws/rds", RotationReason.SCHEDULE_REQUIRED)
            .clock(world.aws.clock())
            .plan();

    assertThat(plan.describe()).contains("managed by AWS, which rotates its material every year");
    world.approving().run(plan).requireComplete();
  }

  @Test
  void newMaterial_ofASymmetricKey_isMadeOnDemand_andOldCiphertextsAreRead() {
    String key = world.symmetricKey();
    SdkBytes before = world.encrypt();
    String material = world.describe(key).currentKeyMaterialId();

    RotationReport report = rotate(RotationReason.NEW_MATERIAL_REQUESTED);

    String now = world.describe(key).currentKeyMaterialId();
    assertThat(now).isNotEqualTo(material);
    assertThat(fact(report, "rotate-on-demand", "keyMaterialId")).hasValue(now);
    assertThat(fact(report, "rotate-on-demand", "rotatedBy")).hasValue("this run");
    assertThat(world.kms.listKeyRotations(r -> r.keyId(key)).rotations())
        .extracting(entry -> entry.rotationType())
        .containsExactly(RotationType.ON_DEMAND);
    assertThat(world.decrypt(before)).isEqualTo(KeyWorld.SECRET);
    assertThat(world.kms.listResourceTags(r -> r.keyId(key)).tags())
        .extracting(Tag::tagKey)
        .containsExactly("team");
  }

  @Test
  void schedule_ofAnImportedKey_importsNewMaterialAndRotatesToIt() {
    String key = world.importedKey();
    SdkBytes before = world.encrypt();

    rotate(RotationReason.SCHEDULE_REQUIRED);

    assertThat(world.kms.listKeyRotations(r -> r.keyId(key)).rotations()).hasSize(1);
    assertThat(world.decrypt(before)).isEqualTo(KeyWorld.SECRET);
    assertThat(world.decrypt(world.encrypt())).isEqualTo(KeyWorld.SECRET);
  }

  @Test
  void schedule_ofAnImportedMultiRegionKey_importsIntoEveryReplicaFirst() {
    String key = world.multiRegionKey(OriginType.EXTERNAL);
    SdkBytes before = world.encrypt();

    rotate(RotationReason.SCHEDULE_REQUIRED);

    String replica = key.replace(world.aws.region(), KeyWorld.REPLICA_REGION);
    String material = world.describe(key).currentKeyMaterialId();
    assertThat(
            world
                .application
                .kms(KeyWorld.REPLICA_REGION)
                .describeKey(r -> r.keyId(replica))
                .keyMetadata()
                .currentKeyMaterialId())
        .isEqualTo(material);
    SdkBytes after = world.encrypt();
    for (SdkBytes ciphertext : List.of(before, after)) {
      assertThat(
              world
                  .application
                  .kms(KeyWorld.REPLICA_REGION)
                  .decrypt(r -> r.ciphertextBlob(ciphertext).keyId(replica))
                  .plaintext())
          .isEqualTo(KeyWorld.SECRET);
    }
  }

  @Test
  void compromise_makesANewKeyLikeTheOldOne_movesTheAlias_andKeepsTheOldOneReading() {
    String old = world.symmetricKey();
    world.kms.enableKeyRotation(r -> r.keyId(old).rotationPeriodInDays(200));
    world.kms.createGrant(
        r ->
            r.keyId(old)
                .granteePrincipal(ROLE)
                .operations(GrantOperation.DECRYPT, GrantOperation.ENCRYPT)
                .name("orders"));
    SdkBytes before = world.encrypt();

    RotationReport report = rotate(RotationReason.SUSPECTED_COMPROMISE);

    KeyMetadata made = world.describe(KeyWorld.ALIAS);
    assertThat(made.arn()).isNotEqualTo(old);
    assertThat(fact(report, "create-key", "newKeyArn")).hasValue(made.arn());
    assertThat(made.description()).isEqualTo("orders");
    assertThat(world.kms.listResourceTags(r -> r.keyId(made.arn())).tags())
        .containsExactly(Tag.builder().tagKey("team").tagValue("orders").build());
    assertThat(world.kms.getKeyRotationStatus(r -> r.keyId(made.arn())).rotationPeriodInDays())
        .isEqualTo(200);
    assertThat(world.kms.listGrants(r -> r.keyId(made.arn())).grants())
        .singleElement()
        .satisfies(
            grant -> {
              assertThat(grant.granteePrincipal()).isEqualTo(ROLE);
              assertThat(grant.name()).isEqualTo("orders");
            });
    assertThat(world.describe(old).keyState()).isEqualTo(KeyState.ENABLED);
    assertThat(world.decrypt(before)).isEqualTo(KeyWorld.SECRET);
    assertThat(world.kms.decrypt(r -> r.ciphertextBlob(world.encrypt())).keyId())
        .isEqualTo(made.arn());
  }

  @Test
  void newKey_ofAMultiRegionKey_hasTheSameReplicasAndAliases() {
    String old = world.multiRegionKey(OriginType.AWS_KMS);

    rotate(RotationReason.NEW_KEY_REQUESTED);

    String made = world.describe(KeyWorld.ALIAS).arn();
    KeyMetadata replica =
        world
            .application
            .kms(KeyWorld.REPLICA_REGION)
            .describeKey(r -> r.keyId(KeyWorld.ALIAS))
            .keyMetadata();
    assertThat(made).isNotEqualTo(old);
    assertThat(replica.arn()).isEqualTo(made.replace(world.aws.region(), KeyWorld.REPLICA_REGION));
    assertThat(replica.description()).isEqualTo("orders, replicated");
  }

  @Test
  void newKey_ofAnImportedKey_takesMaterialFromTheSource() {
    String old = world.importedKey();
    SdkBytes before = world.encrypt();

    rotate(RotationReason.NEW_KEY_REQUESTED);

    KeyMetadata made = world.describe(KeyWorld.ALIAS);
    assertThat(made.arn()).isNotEqualTo(old);
    assertThat(made.origin()).isEqualTo(OriginType.EXTERNAL);
    assertThat(made.keyState()).isEqualTo(KeyState.ENABLED);
    assertThat(world.decrypt(before)).isEqualTo(KeyWorld.SECRET);
  }

  @Test
  void schedule_ofASigningKey_makesANewOne_andOldSignaturesAreVerified() {
    String old =
        world.key(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY));

    rotate(RotationReason.SCHEDULE_REQUIRED);

    assertThat(world.describe(KeyWorld.ALIAS).arn()).isNotEqualTo(old);
    assertThat(world.describe(KeyWorld.ALIAS).keySpec()).isEqualTo(KeySpec.ECC_NIST_P256);
  }

  @Test
  void schedule_ofAnHmacKey_makesANewOne() {
    String old =
        world.key(r -> r.keySpec(KeySpec.HMAC_256).keyUsage(KeyUsageType.GENERATE_VERIFY_MAC));

    rotate(RotationReason.SCHEDULE_REQUIRED);

    assertThat(world.describe(KeyWorld.ALIAS).arn()).isNotEqualTo(old);
  }

  @Test
  void newMaterial_whenSomebodyElsesRotationIsInProgress_isWaitedForAndNotDoubled() {
    String key = world.symmetricKey();
    RotationPlan plan = world.planner(RotationReason.NEW_MATERIAL_REQUESTED).plan();
    world.kms.rotateKeyOnDemand(r -> r.keyId(key));

    RotationReport report = world.approving().run(plan).requireComplete();

    assertThat(fact(report, "rotate-on-demand", "rotatedBy")).hasValue("somebody else");
    world.pass(Duration.ofHours(1));
    assertThat(world.kms.listKeyRotations(r -> r.keyId(key)).rotations()).hasSize(1);
  }

  @Test
  void newMaterial_whenTheRotationEndsBetweenTwoLooks_isNotRotatedTwice() {
    String key = world.symmetricKey();
    RotationPlan plan = world.planner(RotationReason.NEW_MATERIAL_REQUESTED).plan();
    world
        .aws
        .faults()
        .on("RotateKeyOnDemand")
        .then(
            () ->
                world
                    .aws
                    .faults()
                    .on("DescribeKey")
                    .then(() -> world.aws.clock().advance(Duration.ofMinutes(10))));

    world.approving().run(plan).requireComplete();

    world.pass(Duration.ofHours(1));
    assertThat(world.aws.calls().of("RotateKeyOnDemand")).hasSize(1);
    assertThat(world.kms.listKeyRotations(r -> r.keyId(key)).rotations()).hasSize(1);
  }

  @Test
  void rollBack_beforeTheAliasMoved_leavesNoNewKey() {
    String old = world.symmetricKey();
    RotationPlan plan = world.planner(RotationReason.NEW_KEY_REQUESTED).plan();
    RotationReport stopped = world.runner().build().run(plan);
    assertThat(stopped.status()).isEqualTo(RunStatus.AWAITING_APPROVAL);

    RotationReport back = world.runner().build().rollBack(plan.runId());

    assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.livingKeys(world.aws.region())).containsExactly(old);
    assertThat(world.describe(KeyWorld.ALIAS).arn()).isEqualTo(old);
    assertThat(world.kms.listResourceTags(r -> r.keyId(old)).tags())
        .extracting(Tag::tagKey)
        .containsExactly("team");
  }

  @Test
  void rollBack_afterTheAliasMoved_movesItBackAndKeepsTheNewKey_sinceDataMayBeUnderIt() {
    String old = world.symmetricKey();
    RotationPlan plan = world.planner(RotationReason.NEW_KEY_REQUESTED).plan();
    world.approving().run(plan).requireComplete();
    SdkBytes underNewKey = world.encrypt();

    RotationReport back = world.approving().rollBack(plan.runId());

    assertThat(back.status()).as(back.reason()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.describe(KeyWorld.ALIAS).arn()).isEqualTo(old);
    assertThat(world.decrypt(underNewKey)).isEqualTo(KeyWorld.SECRET);
    assertThat(fact(back, "create-key", Facts.KEPT)).isPresent();
    assertThat(back.reason()).contains("Kept: the new key arn:aws:kms:", "forKeyRetirement");
  }
}
