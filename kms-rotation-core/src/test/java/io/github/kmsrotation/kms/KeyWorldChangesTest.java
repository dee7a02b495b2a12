package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.IncludeKeyMaterial;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;
import software.amazon.awssdk.services.kms.model.Tag;

/** Somebody else changes keys, aliases, grants and material between planning and any step. */
class KeyWorldChangesTest {

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

  private RotationPlan plan(RotationReason reason) {
    return world.planner(reason).plan();
  }

  /** Runs up to the approval of the cutover. */
  private RotationReport runUntilCutover(RotationPlan plan) {
    RotationReport report = world.runner().build().run(plan);
    assertThat(report.status()).as(report.reason()).isEqualTo(RunStatus.AWAITING_APPROVAL);
    return report;
  }

  private RotationReport rollBack(RotationPlan plan) {
    return world.runner().build().rollBack(plan.runId());
  }

  private static void assertStatus(RotationReport report, RunStatus status, String... words) {
    assertThat(report.status()).as(report.reason()).isEqualTo(status);
    for (String word : words) {
      assertThat(report.reason()).contains(word);
    }
  }

  /** The key that the run made. */
  private String madeBeside(String key) {
    return world.kms.listKeysPaginator().keys().stream()
        .map(entry -> entry.keyArn())
        .filter(arn -> !arn.equals(key))
        .findFirst()
        .orElseThrow();
  }

  private String aliasLeadsTo() {
    return world.describe(KeyWorld.ALIAS).arn();
  }

  private List<String> tagsOf(String key) {
    return world.kms.listResourceTags(r -> r.keyId(key)).tags().stream().map(Tag::tagKey).toList();
  }

  private List<RotationsListEntry> materials(String key) {
    return world
        .kms
        .listKeyRotations(r -> r.keyId(key).includeKeyMaterial(IncludeKeyMaterial.ALL_KEY_MATERIAL))
        .rotations();
  }

  @Test
  void rollBack_whenSomebodyElseHadEnabledRotation_leavesThat() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.SCHEDULE_REQUIRED);
    world.kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(365));
    world.approving().run(plan).requireComplete();

    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);

    assertThat(world.kms.getKeyRotationStatus(r -> r.keyId(key)).keyRotationEnabled()).isTrue();
  }

  @Test
  void rollBack_whenSomebodyLedAnAliasToTheNewKey_keepsIt() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    runUntilCutover(plan);
    String made = madeBeside(key);
    world.kms.updateAlias(r -> r.aliasName(KeyWorld.ALIAS).targetKeyId(made));

    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);

    assertThat(world.describe(made).keyState()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void rollBack_whenTheOldKeyWasDisabledMeanwhile_doesNotLeadCallersToIt() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    world.approving().run(plan).requireComplete();
    String made = aliasLeadsTo();
    world.kms.disableKey(r -> r.keyId(key));

    assertStatus(rollBack(plan), RunStatus.BLOCKED, key, "Disabled");
    assertThat(aliasLeadsTo()).isEqualTo(made);

    world.kms.enableKey(r -> r.keyId(key));
    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
    assertThat(aliasLeadsTo()).isEqualTo(key);
  }

  @Test
  void cutover_whenTheNewKeyWasDisabledMeanwhile_doesNotLeadCallersToIt() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    runUntilCutover(plan);
    String made = madeBeside(key);
    world.kms.disableKey(r -> r.keyId(made));

    assertStatus(world.approving().resume(plan.runId()), RunStatus.BLOCKED, "Disabled");
    assertThat(aliasLeadsTo()).isEqualTo(key);

    world.kms.enableKey(r -> r.keyId(made));
    world.approving().resume(plan.runId()).requireComplete();
    assertThat(aliasLeadsTo()).isEqualTo(made);
  }

  @Test
  void newKey_whenAnAliasOfTheOldOneAppearsMeanwhile_isNotCalledComplete() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.SUSPECTED_COMPROMISE);
    runUntilCutover(plan);
    world.kms.createAlias(r -> r.aliasName("alias/late").targetKeyId(key));

    assertStatus(world.approving().resume(plan.runId()), RunStatus.BLOCKED, "alias/late");

    String made = madeBeside(key);
    world.kms.updateAlias(r -> r.aliasName("alias/late").targetKeyId(made));
    world.approving().resume(plan.runId()).requireComplete();
  }

  @Test
  void newKey_whenTheOldOneGetsAReplicaMeanwhile_isNotCalledAlike() {
    String key = world.multiRegionKey(OriginType.AWS_KMS);
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    world.kms.replicateKey(r -> r.keyId(key).replicaRegion("us-east-1"));
    world.pass(Duration.ofMinutes(1));

    assertStatus(world.approving().run(plan), RunStatus.BLOCKED, "us-east-1");
    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
  }

  @Test
  void cutover_whenAGrantOrPolicyChangedSinceTheVerification_isBlocked() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    runUntilCutover(plan);
    world.kms.createGrant(
        r -> r.keyId(key).granteePrincipal(ROLE).operations(GrantOperation.DECRYPT));

    assertStatus(world.approving().resume(plan.runId()), RunStatus.BLOCKED, "grants");
    assertThat(aliasLeadsTo()).isEqualTo(key);

    String made = madeBeside(key);
    world.kms.createGrant(
        r -> r.keyId(made).granteePrincipal(ROLE).operations(GrantOperation.DECRYPT));
    world.approving().resume(plan.runId()).requireComplete();
  }

  @Test
  void newKey_whenRotationOfTheOldOneWasEnabledMeanwhile_isNotCalledAlike() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    world.kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(200));

    assertStatus(world.approving().run(plan), RunStatus.BLOCKED, "200");
    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
  }

  @Test
  void rotation_whenSomebodyReplacedThePendingMaterial_isNotSent() {
    String key = world.importedKey();
    RotationPlan plan = plan(RotationReason.SCHEDULE_REQUIRED);
    runUntilCutover(plan);
    String pending =
        materials(key).stream()
            .filter(m -> "PENDING_ROTATION".equals(m.keyMaterialStateAsString()))
            .findFirst()
            .orElseThrow()
            .keyMaterialId();
    world.kms.deleteImportedKeyMaterial(r -> r.keyId(key).keyMaterialId(pending));
    world.importMaterial(key, "SYMMETRIC_DEFAULT", "somebody's", true, Optional.empty());

    assertStatus(world.approving().resume(plan.runId()), RunStatus.BLOCKED, "material");
    assertThat(world.aws.calls().of("RotateKeyOnDemand")).isEmpty();
    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
    assertThat(tagsOf(key)).doesNotContain(RunTag.KEY);
    assertThat(materials(key)).hasSize(2);
  }

  @Test
  void rotation_whenSomebodyDeletedThePendingMaterial_saysSo() {
    String key = world.importedKey();
    RotationPlan plan = plan(RotationReason.SCHEDULE_REQUIRED);
    runUntilCutover(plan);
    materials(key).stream()
        .filter(m -> "PENDING_ROTATION".equals(m.keyMaterialStateAsString()))
        .forEach(
            m ->
                world.kms.deleteImportedKeyMaterial(
                    r -> r.keyId(key).keyMaterialId(m.keyMaterialId())));

    assertStatus(world.approving().resume(plan.runId()), RunStatus.BLOCKED, "material");
    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
  }

  @Test
  void plan_whenSomebodysMaterialIsPending_isRefused() {
    String key = world.importedKey();
    world.importMaterial(key, "SYMMETRIC_DEFAULT", "somebody's", true, Optional.empty());

    assertThatThrownBy(() -> plan(RotationReason.SCHEDULE_REQUIRED))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("pending");
  }

  @Test
  void rotation_afterWhichSomebodyRotatesAgain_comesToItsEnd() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_MATERIAL_REQUESTED);
    world.aws.faults().on("ListKeyRotations").error("AccessDeniedException", 400);
    assertStatus(world.approving().run(plan), RunStatus.FAILED);
    world.kms.rotateKeyOnDemand(r -> r.keyId(key));
    world.pass(Duration.ofMinutes(10));

    world.approving().resume(plan.runId()).requireComplete();

    assertThat(tagsOf(key)).doesNotContain(RunTag.KEY);
  }

  @Test
  void rollBack_whenTheOldKeyIsToBeDeletedMeanwhile_saysWhatToDo() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    runUntilCutover(plan);
    world.kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));

    assertStatus(rollBack(plan), RunStatus.BLOCKED, "CancelKeyDeletion");
  }

  @Test
  void rollBack_whenTheOldKeyIsGone_comesToItsEnd() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    runUntilCutover(plan);
    world.kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
    world.pass(Duration.ofDays(8));

    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
  }

  @Test
  void grants_ofTheSameName_areAllCopied_thoughACallDoesNotArrive() {
    String key = world.symmetricKey();
    for (GrantOperation operation : List.of(GrantOperation.DECRYPT, GrantOperation.ENCRYPT)) {
      world.kms.createGrant(
          r -> r.keyId(key).granteePrincipal(ROLE).operations(operation).name("orders"));
    }
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    world.aws.faults().on("CreateGrant").nth(2).dropBefore();

    world.approving().run(plan).requireComplete();

    String made = aliasLeadsTo();
    assertThat(world.kms.listGrants(r -> r.keyId(made)).grants()).hasSize(2);
  }

  @Test
  void plan_whenAReplicaHasAllItsTags_isRefused() {
    String key = world.multiRegionKey(OriginType.AWS_KMS);
    String replica = key.replace(world.aws.region(), KeyWorld.REPLICA_REGION);
    KmsClient there = world.application.kms(KeyWorld.REPLICA_REGION);
    List<Tag> tags =
        IntStream.range(0, 50)
            .mapToObj(i -> Tag.builder().tagKey("tag" + i).tagValue("x").build())
            .toList();
    there.tagResource(r -> r.keyId(replica).tags(tags));

    assertThatThrownBy(() -> plan(RotationReason.NEW_KEY_REQUESTED))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("50 tags");
  }

  @Test
  void rollBack_whenTheAnswerOfCreateKeyWasLostAndTagsCannotBeRead_isNotCalledDone() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    world.aws.faults().on("CreateKey").dropAfter();
    world.aws.faults().on("ListKeys").error("AccessDeniedException", 400);
    assertStatus(world.approving().run(plan), RunStatus.FAILED);
    world.aws.faults().on("ListResourceTags").times(2).error("AccessDeniedException", 400);

    RotationReport back = rollBack(plan);

    assertThat(back.status()).as(back.reason()).isNotEqualTo(RunStatus.ROLLED_BACK);
    world.aws.faults().clear();
    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
    assertThat(world.livingKeys(world.aws.region())).containsExactly(key);
  }

  @Test
  void cutover_whenSomebodyLedOneAliasElsewhere_stopsAndRollsBackTheOthers() {
    String key = world.symmetricKey();
    world.kms.createAlias(r -> r.aliasName("alias/second").targetKeyId(key));
    String other = world.kms.createKey().keyMetadata().arn();
    RotationPlan plan = plan(RotationReason.NEW_KEY_REQUESTED);
    runUntilCutover(plan);
    world.kms.updateAlias(r -> r.aliasName("alias/second").targetKeyId(other));

    assertStatus(world.approving().resume(plan.runId()), RunStatus.BLOCKED, "alias/second");
    RotationReport back = rollBack(plan);

    assertStatus(back, RunStatus.BLOCKED, "alias/second");
    world.kms.updateAlias(r -> r.aliasName("alias/second").targetKeyId(key));
    assertStatus(rollBack(plan), RunStatus.ROLLED_BACK);
    assertThat(aliasLeadsTo()).isEqualTo(key);
  }

  @Test
  void rotation_whenTheKeyIsDisabledMeanwhile_stopsAndIsResumed() {
    String key = world.symmetricKey();
    RotationPlan plan = plan(RotationReason.NEW_MATERIAL_REQUESTED);
    runUntilCutover(plan);
    world.kms.disableKey(r -> r.keyId(key));
    assertThat(world.approving().resume(plan.runId()).status()).isEqualTo(RunStatus.FAILED);
    world.kms.enableKey(r -> r.keyId(key));

    world.approving().resume(plan.runId()).requireComplete();

    assertThat(world.aws.calls().of("RotateKeyOnDemand")).filteredOn(Call::tookEffect).hasSize(1);
  }
}
