package io.github.kmsrotation.testkit.kms;

import static io.github.kmsrotation.testkit.kms.KmsRules.seconds;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Rotation of key material: automatic, and on demand. A family of multi-Region keys rotates at its
 * primary key.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html">Rotate KMS
 *     keys</a>
 */
final class RotationOperations {

  private static final Duration ON_DEMAND_TAKES = Duration.ofMinutes(2);
  private static final Duration AUTOMATIC_IS_NEAR = Duration.ofMinutes(20);
  private static final int MOST_ON_DEMAND = 25;

  private final KmsKeys keys;
  private final Timeline timeline;

  RotationOperations(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.timeline = timeline;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "EnableKeyRotation", Operation.write(this::enable, "KeyId", "RotationPeriodInDays"));
    operations.put("DisableKeyRotation", Operation.write(this::disable, "KeyId"));
    operations.put("GetKeyRotationStatus", Operation.read(this::status, "KeyId"));
    operations.put(
        "ListKeyRotations",
        Operation.read(this::list, "KeyId", "IncludeKeyMaterial", "Limit", "Marker"));
    operations.put("RotateKeyOnDemand", Operation.write(this::rotateOnDemand, "KeyId"));
  }

  private Map<String, Object> enable(AwsRequest request) {
    KmsKey key = keys.customer(request);
    int days = request.params().number("RotationPeriodInDays").orElse(365);
    KmsRules.checkRange("rotationPeriodInDays", days, 90, 2560);
    requireAutomatic(key);
    key.family.schedule(days, timeline.now());
    return Map.of();
  }

  private Map<String, Object> disable(AwsRequest request) {
    KmsKey key = keys.customer(request);
    requireAutomatic(key);
    key.family.unschedule();
    return Map.of();
  }

  private static void requireAutomatic(KmsKey key) {
    requireRotations(key);
    if (key.form.isExternal()) {
      throw KmsRules.unsupported(
          key.arn + " origin is EXTERNAL which is not valid for this operation.");
    }
    requirePrimary(key);
    StateRules.requireEnabled(key);
  }

  private static void requireRotations(KmsKey key) {
    if (!key.form.hasRotations()) {
      throw KmsRules.unsupported(key);
    }
  }

  private static void requirePrimary(KmsKey key) {
    if (!key.isPrimary()) {
      throw KmsRules.unsupported(
          key.arn + " is a replica: rotation is set at its primary key in another Region.");
    }
  }

  private Map<String, Object> status(AwsRequest request) {
    KmsKey key = keys.byIdOrArn(request);
    requireRotations(key);
    Map<String, Object> status = new TreeMap<>();
    status.put("KeyId", key.arn);
    Optional<Integer> period = key.family.rotationPeriod.filter(p -> !key.state().isDeleting());
    status.put("KeyRotationEnabled", period.isPresent());
    period.ifPresent(
        days -> {
          status.put("RotationPeriodInDays", days);
          key.family.nextRotation.ifPresent(at -> status.put("NextRotationDate", seconds(at)));
        });
    key.family.onDemandSince.ifPresent(at -> status.put("OnDemandRotationStartDate", seconds(at)));
    return status;
  }

  private Map<String, Object> list(AwsRequest request) {
    KmsKey key = keys.byIdOrArn(request);
    requireRotations(key);
    String include = request.params().text("IncludeKeyMaterial").orElse("ROTATIONS_ONLY");
    KmsRules.checkOneOf(
        "includeKeyMaterial", include, List.of("ALL_KEY_MATERIAL", "ROTATIONS_ONLY"));
    List<Map<String, Object>> entries = new ArrayList<>();
    for (Material material : key.family.all()) {
      if (include.equals("ALL_KEY_MATERIAL") || !material.rotationType().isEmpty()) {
        entries.add(entry(key, material));
      }
    }
    return KmsRules.page(request.params(), "Rotations", entries);
  }

  private static Map<String, Object> entry(KmsKey key, Material material) {
    Map<String, Object> entry = new TreeMap<>();
    entry.put("KeyId", key.arn);
    entry.put("KeyMaterialId", material.id());
    entry.put("KeyMaterialState", key.family.stateOf(material));
    if (!material.rotationType().isEmpty()) {
      entry.put("RotationDate", seconds(material.since()));
      entry.put("RotationType", material.rotationType());
    }
    if (key.form.isExternal()) {
      Optional<Imports.Import> imported = key.imports.of(material.id());
      entry.put("ImportState", imported.isPresent() ? "IMPORTED" : "PENDING_IMPORT");
      imported.ifPresent(i -> entry.put("ExpirationModel", i.expirationModel()));
      imported.flatMap(Imports.Import::validTo).ifPresent(at -> entry.put("ValidTo", seconds(at)));
      key.imports
          .description(material.id())
          .ifPresent(text -> entry.put("KeyMaterialDescription", text));
    }
    return entry;
  }

  private Map<String, Object> rotateOnDemand(AwsRequest request) {
    KmsKey key = keys.customer(request);
    requireRotations(key);
    requirePrimary(key);
    StateRules.requireEnabled(key);
    requireNoOtherRotation(key);
    if (key.form.isExternal()) {
      requirePendingMaterial(key);
    }
    if (key.family.onDemandRotations() >= MOST_ON_DEMAND) {
      throw AwsError.badRequest(
          "LimitExceededException", "The key has reached its on-demand rotations.");
    }
    key.family.onDemandSince = Optional.of(timeline.now());
    timeline.after(ON_DEMAND_TAKES, () -> key.family.rotateOnDemand(timeline.now()));
    return Map.of("KeyId", key.arn);
  }

  private void requireNoOtherRotation(KmsKey key) {
    boolean automaticIsNear =
        key.family
            .nextRotation
            .filter(at -> at.isBefore(timeline.now().plus(AUTOMATIC_IS_NEAR)))
            .isPresent();
    if (automaticIsNear || key.family.onDemandSince.isPresent()) {
      throw AwsError.badRequest(
          "ConflictException", "A rotation of " + key.arn + " is in progress or about to begin.");
    }
  }

  private static void requirePendingMaterial(KmsKey key) {
    boolean ready =
        key.family
            .pending
            .filter(material -> key.family.stateOf(material).equals("PENDING_ROTATION"))
            .isPresent();
    if (!ready) {
      throw StateRules.invalid(
          "No available key material pending rotation for the key: " + key.arn + ".");
    }
  }
}
