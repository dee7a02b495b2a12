package io.github.kmsrotation.kms;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.key.RotationReason;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;

/** Every plan that changes keys, with all that it changes, in order. */
@SuppressWarnings("ImmutableEnumChecker") // a list that is never changed, and a function
enum KeyScenario {
  AUTOMATIC(
      because(RotationReason.SCHEDULE_REQUIRED),
      KeyWorld::symmetricKey,
      List.of("EnableKeyRotation")),
  ON_DEMAND(
      because(RotationReason.NEW_MATERIAL_REQUESTED),
      KeyWorld::symmetricKey,
      List.of("TagResource", "RotateKeyOnDemand", "UntagResource")),
  IMPORTED(
      because(RotationReason.SCHEDULE_REQUIRED),
      KeyWorld::importedKey,
      List.of("TagResource", "ImportKeyMaterial", "RotateKeyOnDemand", "UntagResource")),
  IMPORTED_MULTI_REGION(
      because(RotationReason.SCHEDULE_REQUIRED),
      world -> world.multiRegionKey(OriginType.EXTERNAL),
      List.of(
          "TagResource",
          "ImportKeyMaterial",
          "ImportKeyMaterial",
          "RotateKeyOnDemand",
          "UntagResource")),
  NEW_KEY(
      because(RotationReason.SUSPECTED_COMPROMISE),
      KeyScenario::symmetricKeyWithAGrant,
      List.of(
          "TagResource",
          "CreateKey",
          "EnableKeyRotation",
          "CreateGrant",
          "UpdateAlias",
          "UntagResource",
          "UntagResource")),
  NEW_SIGNING_KEY(
      because(RotationReason.SCHEDULE_REQUIRED),
      world -> world.key(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY)),
      List.of("TagResource", "CreateKey", "UpdateAlias", "UntagResource", "UntagResource")),
  NEW_MULTI_REGION_KEY(
      because(RotationReason.NEW_KEY_REQUESTED),
      world -> world.multiRegionKey(OriginType.EXTERNAL),
      List.of(
          "TagResource",
          "CreateKey",
          "ImportKeyMaterial",
          "ReplicateKey",
          "ImportKeyMaterial",
          "UpdateAlias",
          "UpdateAlias",
          "UntagResource",
          "UntagResource",
          "UntagResource")),
  MATERIAL_AGAIN(
      KeyApplication::materialPlanner,
      KeyScenario::keyWithoutItsMaterial,
      List.of("ImportKeyMaterial")),
  RETIREMENT(
      KeyApplication::retirementPlanner,
      KeyWorld::keyWithoutAlias,
      List.of("DisableKey", "ScheduleKeyDeletion"));

  /** Makes the plan. */
  final Function<KeyApplication, RotationPlanner<?>> planner;

  final List<String> calls;

  /**
   * The call, counted from 1, that a roll-back may not follow; one past the end if there is none.
   */
  final int firstIrreversible;

  private final Consumer<KeyWorld> key;

  KeyScenario(
      Function<KeyApplication, RotationPlanner<?>> planner,
      Consumer<KeyWorld> key,
      List<String> calls) {
    this.planner = planner;
    this.key = key;
    this.firstIrreversible =
        calls.contains("RotateKeyOnDemand")
            ? calls.indexOf("RotateKeyOnDemand") + 1
            : calls.size() + 1;
    this.calls = List.copyOf(calls);
  }

  void create(KeyWorld world) {
    key.accept(world);
  }

  private static Function<KeyApplication, RotationPlanner<?>> because(RotationReason reason) {
    return application -> application.planner(KeyWorld.ALIAS, reason);
  }

  private static void keyWithoutItsMaterial(KeyWorld world) {
    String key = world.importedKey();
    world.kms.deleteImportedKeyMaterial(r -> r.keyId(key));
  }

  private static void symmetricKeyWithAGrant(KeyWorld world) {
    String key = world.symmetricKey();
    world.kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(200));
    world.kms.createGrant(
        r ->
            r.keyId(key)
                .granteePrincipal("arn:aws:iam::111122223333:role/orders")
                .operations(GrantOperation.DECRYPT)
                .name("orders"));
  }
}
