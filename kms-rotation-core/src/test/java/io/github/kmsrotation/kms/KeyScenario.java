package io.github.kmsrotation.kms;

import io.github.kmsrotation.key.RotationReason;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;

/** Every plan that changes keys, with all that it changes, in order. */
@SuppressWarnings("ImmutableEnumChecker") // a list that is never changed, and a function
enum KeyScenario {
  AUTOMATIC(RotationReason.SCHEDULE_REQUIRED, KeyWorld::symmetricKey, List.of("EnableKeyRotation")),
  ON_DEMAND(
      RotationReason.NEW_MATERIAL_REQUESTED,
      KeyWorld::symmetricKey,
      List.of("TagResource", "RotateKeyOnDemand", "UntagResource")),
  IMPORTED(
      RotationReason.SCHEDULE_REQUIRED,
      KeyWorld::importedKey,
      List.of("TagResource", "ImportKeyMaterial", "RotateKeyOnDemand", "UntagResource")),
  IMPORTED_MULTI_REGION(
      RotationReason.SCHEDULE_REQUIRED,
      world -> world.multiRegionKey(OriginType.EXTERNAL),
      List.of(
          "TagResource",
          "ImportKeyMaterial",
          "ImportKeyMaterial",
          "RotateKeyOnDemand",
          "UntagResource")),
  NEW_KEY(
      RotationReason.SUSPECTED_COMPROMISE,
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
      RotationReason.SCHEDULE_REQUIRED,
      world -> world.key(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY)),
      List.of("TagResource", "CreateKey", "UpdateAlias", "UntagResource", "UntagResource")),
  NEW_MULTI_REGION_KEY(
      RotationReason.NEW_KEY_REQUESTED,
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
          "UntagResource"));

  final RotationReason reason;
  final List<String> calls;

  /**
   * The call, counted from 1, that a roll-back may not follow; one past the end if there is none.
   */
  final int firstIrreversible;

  private final Consumer<KeyWorld> key;

  KeyScenario(RotationReason reason, Consumer<KeyWorld> key, List<String> calls) {
    this.reason = reason;
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
