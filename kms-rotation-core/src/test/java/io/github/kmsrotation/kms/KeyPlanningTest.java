package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.error.MissingOptionException;
import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.target.KeyTarget;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.Tag;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** What is wrong is said when planning, all at once, before anything is changed. */
class KeyPlanningTest {

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

  private String refusal(RotationPlanner<KeyTarget> planner) {
    world.aws.calls().clear();
    PlanningException refused =
        catchThrowableOfType(
            PlanningException.class, () -> planner.clock(world.aws.clock()).plan());
    assertThat(refused).as("no plan").isNotNull();
    assertThat(world.aws.calls().mutating()).isEmpty();
    return String.valueOf(refused.getMessage());
  }

  private String refusal(KeyOptions options) {
    return refusal(world.planner(RotationReason.SCHEDULE_REQUIRED).with(options));
  }

  private String refusal(String key, RotationReason reason) {
    return refusal(world.application.planner(key, reason));
  }

  private KeyOptions giving(KeyMaterialSource source) {
    return world.application.options().keyMaterial(source).build();
  }

  @Test
  void newKey_forACompromisedOne_namesWhoMayUseItTo_sinceItIsCarriedOver() {
    String key = world.symmetricKey();
    world.kms.createGrant(
        r ->
            r.keyId(key)
                .granteePrincipal("arn:aws:iam::111122223333:role/leaker")
                .operations(GrantOperation.DECRYPT));

    assertThat(warnings(RotationReason.SUSPECTED_COMPROMISE))
        .anySatisfy(
            w ->
                assertThat(w.toString())
                    .contains(
                        "arn:aws:iam::111122223333:role/leaker (by a grant)",
                        "arn:aws:iam::111122223333:root",
                        "RevokeGrant"));
    assertThat(warnings(RotationReason.NEW_KEY_REQUESTED))
        .noneMatch(w -> w.toString().contains("leaker"));
  }

  @Test
  void newKey_ofASigningKey_saysThatWhoVerifiesHasToLearnIt() {
    world.key(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY));

    assertThat(warnings(RotationReason.SCHEDULE_REQUIRED))
        .anySatisfy(w -> assertThat(w.toString()).contains("another public key", "GetPublicKey"));
  }

  @Test
  void materialSource_thatThrows_isAProblemAmongOthers() {
    world.importedKey();

    assertThat(
            refusal(
                giving(
                    request -> {
                      throw new IllegalStateException("the vault is sealed");
                    })))
        .contains("KeyMaterialSource failed", "the vault is sealed");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 31, 33, 64})
  void material_ofTheWrongLength_isRefused(int length) {
    world.importedKey();

    assertThat(refusal(giving(request -> new byte[length])))
        .contains("The key material has " + length + " bytes", "SYMMETRIC_DEFAULT takes 32");
  }

  @Test
  void material_thatIsEmpty_isRefused() {
    world.importedKey();

    assertThat(refusal(giving(request -> new byte[0]))).contains("The key material is empty");
  }

  @Test
  void material_whoseFileIsMissing_isRefusedByTheFilesName() {
    world.importedKey();
    Path file = directory.resolve("material.bin");

    assertThat(refusal(giving(KeyMaterialSource.ofFile(file))))
        .contains(file + " cannot be read", "Have the material ready");
  }

  @Test
  void materialSource_thatIsNotGiven_isAskedFor_whenPlanningAndWhenRunning() {
    world.importedKey();
    KeyOptions none = KeyOptions.builder().client(world.kms).build();

    assertThat(refusal(none)).contains("no source of new material", "keyMaterial(...)");

    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).plan();
    assertThatThrownBy(() -> world.runner().with(none).build().run(plan))
        .isInstanceOf(MissingOptionException.class);
    assertThat(world.aws.calls().mutating()).isEmpty();
  }

  @Test
  void material_thatIsSpoiltBetweenPlanAndRun_isNeverSent_andTheRunGoesOnWithTheRightOne() {
    world.importedKey();
    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).plan();
    world.aws.calls().clear();

    RotationReport report = world.runner().with(giving(request -> new byte[5])).build().run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("5 bytes");
    assertThat(world.aws.calls().of("ImportKeyMaterial")).isEmpty();
    world.approving().resume(plan.runId()).requireComplete();
  }

  @ParameterizedTest
  @EnumSource(
      value = RotationReason.class,
      names = {"SCHEDULE_REQUIRED", "NEW_KEY_REQUESTED"})
  void importToken_thatExpiresBeforeItIsUsed_isReplacedByAFreshOne(RotationReason reason) {
    world.importedKey();
    RotationPlan plan = world.planner(reason).plan();
    world.aws.calls().clear();
    world
        .aws
        .faults()
        .on("GetParametersForImport")
        .then(() -> world.aws.clock().advance(Duration.ofHours(25)));

    world.approving().run(plan).requireComplete();

    assertThat(world.aws.calls().of("ImportKeyMaterial"))
        .extracting(Call::outcome)
        .containsExactly("ExpiredImportTokenException", "ok");
  }

  @Test
  void key_ofAnotherRegion_isRefusedByName() {
    String key = world.symmetricKey().replace(world.aws.region(), "us-east-1");

    assertThat(refusal(key, RotationReason.SCHEDULE_REQUIRED))
        .contains("The key is in us-east-1, and the client is for " + world.aws.region());
  }

  @Test
  void key_ofAnotherAccount_isRefused() {
    String key = world.symmetricKey().replace(world.aws.accountId(), "999999999999");

    assertThat(refusal(key, RotationReason.SCHEDULE_REQUIRED))
        .contains("999999999999", "denied kms:DescribeKey");
  }

  @Test
  void alias_thatNobodyMade_isRefused() {
    assertThat(refusal("alias/nowhere", RotationReason.SCHEDULE_REQUIRED))
        .contains("There is no KMS key 'alias/nowhere'");
  }

  @Test
  void deniedCalls_areReportedTogether() {
    world.symmetricKey();
    List<String> denied =
        List.of("ListResourceTags", "Encrypt", "ListAliases", "ListGrants", "GetKeyPolicy");
    denied.forEach(
        operation -> world.aws.faults().on(operation).error("AccessDeniedException", 400));

    String refusal = refusal(KeyWorld.ALIAS, RotationReason.NEW_KEY_REQUESTED);

    assertThat(refusal).contains(denied.stream().map(name -> "denied kms:" + name).toList());
  }

  @Test
  void keyThatMayNotBeDescribed_isRefused() {
    world.symmetricKey();
    world.aws.faults().on("DescribeKey").error("AccessDeniedException", 400);

    assertThat(refusal(KeyWorld.ALIAS, RotationReason.SCHEDULE_REQUIRED))
        .contains("denied kms:DescribeKey");
  }

  private void rotate(String key, int times) {
    IntStream.range(0, times)
        .forEach(
            i -> {
              world.kms.rotateKeyOnDemand(r -> r.keyId(key));
              world.pass(Duration.ofHours(1));
            });
  }

  @Test
  void onDemandRotations_thatAreNearlySpent_areWarnedOf() {
    String key = world.symmetricKey();
    rotate(key, 19);
    assertThat(warnings(RotationReason.NEW_MATERIAL_REQUESTED)).isEmpty();
    rotate(key, 1);
    assertThat(warnings(RotationReason.NEW_MATERIAL_REQUESTED))
        .singleElement()
        .satisfies(w -> assertThat(w.toString()).contains("5 of 25 on-demand rotations left"));
  }

  @Test
  void onDemandRotations_thatAreSpent_leadToANewKey() {
    String key = world.symmetricKey();
    rotate(key, 25);

    RotationPlan plan = world.planner(RotationReason.NEW_MATERIAL_REQUESTED).plan();

    assertThat(plan.rationale().get(0)).contains("all of its 25 on-demand rotations");
    world.approving().run(plan).requireComplete();
    assertThat(world.describe(KeyWorld.ALIAS).arn()).isNotEqualTo(key);
  }

  private List<Notice> warnings(RotationReason reason) {
    return world.planner(reason).plan().warnings();
  }

  @Test
  void material_thatExpires_isWarnedOfWithTheDate_andTheWayToKeepIt() {
    world.importedKey();
    KeyOptions expiring =
        world.application.options().materialExpiresAfter(Duration.ofDays(100)).build();
    world
        .runner()
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .with(expiring)
        .build()
        .run(world.planner(RotationReason.SCHEDULE_REQUIRED).with(expiring).plan())
        .requireComplete();
    String at = InWords.at(world.describe(KeyWorld.ALIAS).validTo());

    assertThat(warnings(RotationReason.MATERIAL_EXPIRES))
        .singleElement()
        .satisfies(w -> assertThat(w.toString()).contains(at, "RotationPlanner.forKeyMaterial"));
  }

  @Test
  void key_thatAnotherRunHasClaimed_isRefusedByThatRunsName() {
    world.symmetricKey();
    RotationPlan other = world.planner(RotationReason.NEW_KEY_REQUESTED).plan();
    assertThat(world.runner().build().run(other).status()).isEqualTo(RunStatus.AWAITING_APPROVAL);

    assertThat(refusal(KeyWorld.ALIAS, RotationReason.NEW_MATERIAL_REQUESTED))
        .contains("Run " + other.runId() + " is rotating it");
  }

  @Test
  void key_thatHasAllTheTagsThatKmsAllows_isRefused() {
    String key = world.symmetricKey();
    List<Tag> tags =
        IntStream.range(0, 49)
            .mapToObj(i -> Tag.builder().tagKey("tag" + i).tagValue("x").build())
            .toList();
    world.kms.tagResource(r -> r.keyId(key).tags(tags));

    assertThat(refusal(KeyWorld.ALIAS, RotationReason.NEW_MATERIAL_REQUESTED))
        .contains("It has 50 tags", "Remove a tag");
  }

  @Test
  void targetKey_isRefused() {
    world.symmetricKey();

    assertThat(refusal(world.planner(RotationReason.NEW_KEY_REQUESTED).toKey("alias/other")))
        .contains("Leave out toKey(...)");
  }

  @ParameterizedTest
  @EnumSource(
      value = RotationReason.class,
      names = {"SCHEDULE_REQUIRED", "NEW_MATERIAL_REQUESTED", "NEW_KEY_REQUESTED"})
  void replica_isRefused_withItsPrimaryAsTheWayOut(RotationReason reason) {
    String replica =
        world
            .multiRegionKey(OriginType.AWS_KMS)
            .replace(world.aws.region(), KeyWorld.REPLICA_REGION);

    assertThat(
            refusal(
                world
                    .application
                    .planner(replica, reason)
                    .kmsClient(world.application.kms(KeyWorld.REPLICA_REGION))))
        .contains("replica of a multi-Region key", "Plan for the primary key");
  }

  @Test
  void options_outOfRange_areRefusedAtOnce() {
    KeyOptions.Builder options = KeyOptions.builder();

    for (int days : new int[] {-1, 0, 89, 2561}) {
      assertThatThrownBy(() -> options.rotationPeriodInDays(days))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("90 to 2560, was " + days);
    }
    for (Duration duration :
        List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofDays(365).plusMillis(1))) {
      assertThatThrownBy(() -> options.materialExpiresAfter(duration))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one minute to 365 days");
    }
    for (WrappingKeySpec spec :
        List.of(WrappingKeySpec.SM2, WrappingKeySpec.UNKNOWN_TO_SDK_VERSION)) {
      assertThatThrownBy(() -> options.wrappingKeySpec(spec))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be an RSA key");
    }
    assertThatThrownBy(() -> RotationPlanner.forKey("no such name"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RotationPlanner.forKeyMaterial(""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
