package io.github.kmsrotation.testkit.kms;

import static io.github.kmsrotation.testkit.kms.KmsRules.seconds;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Import tokens, and the way of imported material into a key and out of it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html">Importing
 *     key material</a>
 */
final class ImportOperations {

  private static final Duration TOKEN_IS_VALID = Duration.ofHours(24);
  private static final Duration LONGEST_VALIDITY = Duration.ofDays(365);
  private static final int MOST_BYTES = 6144;
  private static final List<String> ALGORITHMS =
      List.of(
          "RSAES_OAEP_SHA_1",
          "RSAES_OAEP_SHA_256",
          "RSA_AES_KEY_WRAP_SHA_1",
          "RSA_AES_KEY_WRAP_SHA_256");

  private final KmsKeys keys;
  private final Timeline timeline;
  private final KeyImporter importer;
  private final Map<ByteBuffer, WrappingKey> tokens = new HashMap<>();

  ImportOperations(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.timeline = timeline;
    this.importer = new KeyImporter(timeline);
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "GetParametersForImport",
        Operation.read(this::parameters, "KeyId", "WrappingAlgorithm", "WrappingKeySpec"));
    operations.put(
        "ImportKeyMaterial",
        Operation.write(
            this::importMaterial,
            "KeyId",
            "ImportToken",
            "EncryptedKeyMaterial",
            "ExpirationModel",
            "ValidTo",
            "ImportType",
            "KeyMaterialDescription",
            "KeyMaterialId"));
    operations.put(
        "DeleteImportedKeyMaterial",
        Operation.write(this::deleteMaterial, "KeyId", "KeyMaterialId"));
  }

  private Map<String, Object> parameters(AwsRequest request) {
    KmsKey key = importable(request);
    String algorithm =
        KmsRules.checkOneOf(
            "wrappingAlgorithm", request.params().required("WrappingAlgorithm"), ALGORITHMS);
    String spec =
        KmsRules.checkOneOf(
            "wrappingKeySpec",
            request.params().required("WrappingKeySpec"),
            List.of("RSA_2048", "RSA_3072", "RSA_4096"));
    WrappingKey.problem(key.form.spec(), algorithm, spec)
        .ifPresent(
            problem -> {
              throw KmsRules.unsupported(problem);
            });
    byte[] token = new byte[256];
    new SecureRandom().nextBytes(token);
    WrappingKey wrapping =
        new WrappingKey(
            key.arn, Secret.generatePair(spec), algorithm, timeline.now().plus(TOKEN_IS_VALID));
    tokens.put(ByteBuffer.wrap(token), wrapping);
    return Map.of(
        "KeyId", key.arn,
        "ImportToken", KmsRules.blob(token),
        "PublicKey", KmsRules.blob(wrapping.pair().getPublic().getEncoded()),
        "ParametersValidTo", seconds(wrapping.validTo()));
  }

  /** A key that takes imported material, and may do so in its state. */
  private KmsKey importable(AwsRequest request) {
    KmsKey key = external(request);
    StateRules.requireNotDeleting(key);
    if (key.state() == KeyState.CREATING || key.state() == KeyState.UPDATING) {
      throw StateRules.invalid(key);
    }
    return key;
  }

  private KmsKey external(AwsRequest request) {
    KmsKey key = keys.customer(request);
    if (!key.form.isExternal()) {
      throw KmsRules.unsupported(
          key.arn + " origin is " + key.form.origin() + " which is not valid for this operation.");
    }
    return key;
  }

  private Map<String, Object> importMaterial(AwsRequest request) {
    Params params = request.params();
    KmsKey key = importable(request);
    byte[] wrapped = KmsRules.blob(params, "EncryptedKeyMaterial", MOST_BYTES);
    Optional<Instant> validTo = validTo(params);
    WrappingKey wrapping = wrapping(params, key);
    String id =
        importer.take(
            key, wrapping.unwrap(wrapped), new Imports.Import(validTo), new ImportWish(params));
    return key.form.isSymmetric()
        ? Map.of("KeyId", key.arn, "KeyMaterialId", id)
        : Map.of("KeyId", key.arn);
  }

  private WrappingKey wrapping(Params params, KmsKey key) {
    byte[] token = KmsRules.blob(params, "ImportToken", MOST_BYTES);
    WrappingKey wrapping =
        Optional.ofNullable(tokens.get(ByteBuffer.wrap(token)))
            .filter(w -> w.keyArn().equals(key.arn))
            .orElseThrow(
                () ->
                    AwsError.badRequest(
                        "InvalidImportTokenException",
                        "The import token is not one for " + key.arn + "."));
    if (!timeline.now().isBefore(wrapping.validTo())) {
      throw AwsError.badRequest(
          "ExpiredImportTokenException", "The import token expired at " + wrapping.validTo() + ".");
    }
    return wrapping;
  }

  private Optional<Instant> validTo(Params params) {
    String model = params.text("ExpirationModel").orElse("KEY_MATERIAL_EXPIRES");
    KmsRules.checkOneOf(
        "expirationModel", model, List.of("KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"));
    Optional<Instant> validTo =
        params.text("ValidTo").map(seconds -> KmsRules.instant("ValidTo", seconds));
    if (model.equals("KEY_MATERIAL_EXPIRES") != validTo.isPresent()) {
      throw KmsRules.validation(
          "A validTo date must be set if, and only if, the ExpirationModel is"
              + " KEY_MATERIAL_EXPIRES");
    }
    validTo.ifPresent(this::checkValidTo);
    return validTo;
  }

  private void checkValidTo(Instant validTo) {
    Instant now = timeline.now();
    if (!validTo.isAfter(now) || validTo.isAfter(now.plus(LONGEST_VALIDITY))) {
      throw KmsRules.validation("ValidTo must lie in the next 365 days: " + validTo);
    }
  }

  private Map<String, Object> deleteMaterial(AwsRequest request) {
    KmsKey key = external(request);
    if (key.state() == KeyState.CREATING || key.state() == KeyState.UPDATING) {
      throw StateRules.invalid(key);
    }
    Optional<String> named = request.params().text("KeyMaterialId");
    if (named.isPresent() && !key.form.isSymmetric()) {
      throw KmsRules.unsupported("KeyMaterialId is for symmetric encryption keys: " + key.arn);
    }
    if (named.isEmpty() && key.family.materials.isEmpty()) {
      return Map.of("KeyId", key.arn);
    }
    String id = named.orElseGet(() -> key.family.current().id());
    Material material =
        key.family
            .material(id)
            .orElseThrow(
                () ->
                    AwsError.badRequest(
                        "NotFoundException", key.arn + " has no key material " + id + "."));
    importer.remove(key, material);
    return key.form.isSymmetric()
        ? Map.of("KeyId", key.arn, "KeyMaterialId", id)
        : Map.of("KeyId", key.arn);
  }
}
