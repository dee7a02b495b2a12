package io.github.kmsrotation.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.PlanningException;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.RunStatus;
import io.github.kmsrotation.target.KeyMaterialTarget;
import io.github.kmsrotation.testkit.call.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.IncludeKeyMaterial;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/** What expired or was deleted is imported again, and nothing else is taken for it. */
class KeyMaterialTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private KeyWorld world;

  private final Map<String, byte[]> vault = new HashMap<>();

  @BeforeEach
  void start() {
    world = new KeyWorld(directory.resolve("journal"));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private KeyMaterialOptions.Builder options() {
    return KeyMaterialOptions.builder()
        .client(world.kms)
        .wrappingKeySpec(WrappingKeySpec.RSA_2048)
        .keyMaterial(this::fromVault);
  }

  private byte[] fromVault(KeyMaterialRequest request) {
    byte[] material = vault.get(request.keyMaterialId().orElse("the only one"));
    if (material == null) {
      throw new IllegalArgumentException("No material for " + request);
    }
    return material.clone();
  }

  private RotationPlanner<KeyMaterialTarget> planner(KeyMaterialOptions options) {
    return RotationPlanner.forKeyMaterial(KeyWorld.ALIAS)
        .with(options)
        .kmsClient(world.kms)
        .calls(KeyApplication.quick())
        .clock(world.aws.clock());
  }

  private RotationRunner runner(KeyMaterialOptions options) {
    return world.runner().with(options).build();
  }

  /** A key with two materials, of which the vault knows both. */
  private String rotatedKey() {
    String key = world.importedKey();
    vault.put(world.describe(key).currentKeyMaterialId(), KeyApplication.sha256("first"));
    RotationPlan plan = world.planner(RotationReason.SCHEDULE_REQUIRED).plan();
    world.approving().run(plan).requireComplete();
    vault.put(
        world.describe(key).currentKeyMaterialId(),
        KeyApplication.sha256("material of run " + plan.runId()));
    assertThat(vault).hasSize(2);
    return key;
  }

  private void deleteAllMaterial(String key) {
    vault
        .keySet()
        .forEach(id -> world.kms.deleteImportedKeyMaterial(r -> r.keyId(key).keyMaterialId(id)));
    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
    world.aws.calls().clear();
  }

  private List<RotationsListEntry> materials(String key) {
    return world
        .kms
        .listKeyRotations(r -> r.keyId(key).includeKeyMaterial(IncludeKeyMaterial.ALL_KEY_MATERIAL))
        .rotations();
  }

  private List<String> mutating() {
    return world.aws.calls().mutating().stream().map(Call::operation).toList();
  }

  @Test
  void key_whoseMaterialsAreAllGone_readsOldCiphertextsAgain() {
    String key = rotatedKey();
    SdkBytes before = world.encrypt();
    deleteAllMaterial(key);

    RotationPlan plan = planner(options().build()).plan();
    assertThat(mutating()).isEmpty();
    runner(options().build()).run(plan).requireComplete();

    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    assertThat(world.decrypt(before)).isEqualTo(KeyWorld.SECRET);
    assertThat(mutating()).containsExactly("ImportKeyMaterial", "ImportKeyMaterial");
  }

  @Test
  void material_thatExpired_isImportedAgain_withTheExpiryThatIsAskedFor() {
    String key = rotatedKey();
    Duration month = Duration.ofDays(30);
    KeyMaterialOptions expiring = options().materialExpiresAfter(month).build();
    deleteAllMaterial(key);
    runner(expiring).run(planner(expiring).plan()).requireComplete();
    SdkBytes before = world.encrypt();
    world.pass(Duration.ofDays(31));
    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);

    runner(expiring).run(planner(expiring).plan()).requireComplete();

    assertThat(world.decrypt(before)).isEqualTo(KeyWorld.SECRET);
    assertThat(materials(key))
        .hasSize(2)
        .allSatisfy(
            entry ->
                assertThat(entry.validTo())
                    .isBetween(
                        world.aws.clock().instant().plus(Duration.ofDays(29)),
                        world.aws.clock().instant().plus(month)));
  }

  @Test
  void material_thatIsAboutToExpire_isImportedAgain_whileTheKeyServes() {
    String key = rotatedKey();
    KeyMaterialOptions expiring = options().materialExpiresAfter(Duration.ofDays(30)).build();
    deleteAllMaterial(key);
    runner(expiring).run(planner(expiring).plan()).requireComplete();
    world.pass(Duration.ofDays(29));

    RotationReport report =
        runner(options().build()).run(planner(options().build()).plan()).requireComplete();

    assertThat(report.toJson()).contains("what the key made before");
    assertThat(materials(key)).hasSize(2).allMatch(entry -> entry.validTo() == null);
    world.pass(Duration.ofDays(400));
    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void expiry_thatWouldComeSooner_isRefused() {
    String key = rotatedKey();
    KeyMaterialOptions month = options().materialExpiresAfter(Duration.ofDays(30)).build();
    deleteAllMaterial(key);
    runner(month).run(planner(month).plan()).requireComplete();

    assertThatThrownBy(
            () -> planner(options().materialExpiresAfter(Duration.ofDays(20)).build()).plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("longer materialExpiresAfter");
  }

  @Test
  void wrongMaterial_isRefusedByKms_andTheRunGoesOnWithTheRightOne() {
    String key = rotatedKey();
    deleteAllMaterial(key);
    RotationPlan plan = planner(options().build()).plan();
    KeyMaterialOptions wrong =
        options().keyMaterial(request -> KeyApplication.sha256("wrong")).build();

    RotationReport report = runner(wrong).run(plan);

    assertThat(report.status()).isEqualTo(RunStatus.BLOCKED);
    assertThat(report.reason()).contains("it is not the one that the key had as");
    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
    runner(options().build()).resume(plan.runId()).requireComplete();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void import_whoseAnswerIsLost_isResumedToTheSameEnd(int n) {
    String key = rotatedKey();
    deleteAllMaterial(key);
    RotationPlan plan = planner(options().build()).plan();
    world.aws.faults().onMutating().nth(n).dropAfter();

    RotationReport report = runner(options().build()).run(plan);
    if (report.status() != RunStatus.SUCCEEDED) {
      runner(options().build()).resume(plan.runId()).requireComplete();
    }

    assertThat(world.aws.faults().fired()).isEqualTo(1);
    assertThat(mutating()).hasSize(2);
    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void import_thatIsCutOffOrRefused_isResumed(int n) {
    String key = rotatedKey();
    deleteAllMaterial(key);
    RotationPlan plan = planner(options().build()).plan();
    world.aws.faults().onMutating().nth(n).error("AccessDeniedException", 400);
    assertThat(runner(options().build()).run(plan).status()).isEqualTo(RunStatus.FAILED);
    world.aws.faults().onMutating().dropBefore();

    RotationReport report = runner(options().build()).resume(plan.runId());
    if (report.status() != RunStatus.SUCCEEDED) {
      runner(options().build()).resume(plan.runId()).requireComplete();
    }

    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void rollBack_deletesNothing() {
    String key = rotatedKey();
    deleteAllMaterial(key);
    RotationPlan plan = planner(options().build()).plan();
    runner(options().build()).run(plan).requireComplete();

    RotationReport back = runner(options().build()).rollBack(plan.runId());

    assertThat(back.status()).isEqualTo(RunStatus.ROLLED_BACK);
    assertThat(world.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void keys_thatNeedNoMaterial_areRefusedWithTheReason() {
    world.importedKey();
    assertThatThrownBy(() -> planner(options().build()).plan())
        .hasMessageContaining("All its key material is there");
    world.kms.deleteAlias(r -> r.aliasName(KeyWorld.ALIAS));
    world.symmetricKey();
    assertThatThrownBy(() -> planner(options().build()).plan())
        .hasMessageContaining("was not imported");
    world.kms.deleteAlias(r -> r.aliasName(KeyWorld.ALIAS));
    world.key(r -> r.origin(OriginType.EXTERNAL));
    assertThatThrownBy(() -> planner(options().build()).plan())
        .hasMessageContaining("No key material was ever imported");
  }

  @Test
  void plan_withoutASource_isRefused() {
    world.importedKey();

    assertThatThrownBy(() -> planner(KeyMaterialOptions.builder().build()).plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("no source of the material");
  }

  @Test
  void because_ofMaterialImportedAgain_isRefused() {
    RotationPlanner<KeyMaterialTarget> planner = planner(options().build());

    assertThatThrownBy(() -> planner.because(RotationReason.NEW_KEY_REQUESTED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("leave out because");
  }

  @Test
  void rotationOfAKey_thatLacksItsMaterial_namesThisPlanAsTheWayOut() {
    deleteAllMaterial(rotatedKey());

    assertThatThrownBy(() -> world.planner(RotationReason.SCHEDULE_REQUIRED).plan())
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("RotationPlanner.forKeyMaterial");
  }
}
