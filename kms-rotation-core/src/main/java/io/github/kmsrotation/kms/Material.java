package io.github.kmsrotation.kms;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.ExpiredImportTokenException;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialRequest;
import software.amazon.awssdk.services.kms.model.IncorrectKeyMaterialException;

/** Takes key material from the caller's source to KMS without leaving any of it behind. */
final class Material {

  static final String IMPORT = "kms:ImportKeyMaterial";

  private final KeyMaterialSource source;
  private final KeyMaterialRequest request;
  private final KeyOptions options;

  Material(KeyMaterialSource source, KeyMaterialRequest request, KeyOptions options) {
    this.source = source;
    this.request = request;
    this.options = options;
  }

  /** New material. */
  static Material of(RotationPlan plan, KeyOptions options) {
    return of(plan, options, Optional.empty());
  }

  /** Material that the key has had, or new material if no id is given. */
  static Material of(RotationPlan plan, KeyOptions options, Optional<String> id) {
    return new Material(
        options.keyMaterial().orElseThrow(),
        request(
            plan.runId(),
            new KeyArn(plan.currentKeyArn().orElseThrow()),
            plan.attribute(KeySteps.SPEC),
            id),
        options);
  }

  static KeyMaterialRequest request(RunId runId, KeyArn key, String keySpec, Optional<String> id) {
    return new KeyMaterialRequest(runId, key, keySpec, MaterialWrapping.lengthInBytes(keySpec), id);
  }

  /** What is wrong with the material that the source gives, without saying anything of it. */
  Optional<String> problem() {
    byte[] material;
    try {
      material = given();
    } catch (UnfitMaterialException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    try {
      return problem(material);
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  private byte[] given() {
    return Optional.ofNullable(source.material(request))
        .orElseThrow(() -> new UnfitMaterialException("The KeyMaterialSource gave null."));
  }

  private Optional<String> problem(byte[] material) {
    if (material.length == 0) {
      return Optional.of("The key material is empty.");
    }
    Optional<String> wrongLength =
        request
            .lengthInBytes()
            .filter(length -> length != material.length)
            .map(
                length ->
                    "The key material has "
                        + material.length
                        + " bytes; a key of spec "
                        + request.keySpec()
                        + " takes "
                        + length
                        + ".");
    return wrongLength.isEmpty() && isAllZero(material)
        ? Optional.of(
            "The key material is all zero bytes, as an array is that was given before: it is wiped"
                + " after use.")
        : wrongLength;
  }

  private static boolean isAllZero(byte[] material) {
    for (byte b : material) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Sends the material to a key under a fresh import token.
   *
   * @param form what the request says beyond key, token, material and expiry
   * @param refused what it means if KMS finds that it is not the material that it should be
   */
  StepOutcome send(
      StepContext context,
      KmsClient kms,
      String key,
      Consumer<ImportKeyMaterialRequest.Builder> form,
      StepOutcome refused) {
    ImportKeyMaterialRequest.Builder wrapped;
    try {
      wrapped = wrapped(context, kms, key, context.clock().instant());
    } catch (UnfitMaterialException e) {
      return StepOutcome.blocked(
          String.valueOf(e.getMessage()),
          "Have your KeyMaterialSource give what is asked for; then resume.");
    }
    form.accept(wrapped);
    ImportKeyMaterialRequest sent = wrapped.build();
    try {
      context.mutate(IMPORT, key, () -> kms.importKeyMaterial(sent));
    } catch (ExpiredImportTokenException e) {
      return KeyStep.waitFor("kms:ImportToken", key, "the import token had expired");
    } catch (IncorrectKeyMaterialException e) {
      return refused;
    }
    return KeyStep.waitFor("kms:MaterialImported", key, "imported");
  }

  /** A request with wrapped material under a fresh import token, to be sent once. */
  ImportKeyMaterialRequest.Builder wrapped(
      AwsReader reader, KmsClient kms, String key, Instant now) {
    AlgorithmSpec algorithm = MaterialWrapping.algorithm(request.keySpec());
    GetParametersForImportResponse parameters =
        reader.read(
            "kms:GetParametersForImport",
            () ->
                kms.getParametersForImport(
                    r ->
                        r.keyId(key)
                            .wrappingAlgorithm(algorithm)
                            .wrappingKeySpec(options.wrappingKeySpec())));
    ImportKeyMaterialRequest.Builder wrapped =
        ImportKeyMaterialRequest.builder()
            .keyId(key)
            .overrideConfiguration(SentOnce.override())
            .importToken(parameters.importToken())
            .encryptedKeyMaterial(wrap(parameters.publicKey(), algorithm));
    options
        .materialExpiresAfter()
        .ifPresentOrElse(
            duration ->
                wrapped
                    .expirationModel(ExpirationModelType.KEY_MATERIAL_EXPIRES)
                    .validTo(now.plus(duration)),
            () -> wrapped.expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE));
    return wrapped;
  }

  private SdkBytes wrap(SdkBytes publicKey, AlgorithmSpec algorithm) {
    byte[] material = given();
    try {
      problem(material)
          .ifPresent(
              text -> {
                throw new UnfitMaterialException(text);
              });
      return SdkBytes.fromByteArrayUnsafe(
          MaterialWrapping.wrap(material, publicKey.asByteArrayUnsafe(), algorithm));
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  /** The source gave what no key of the spec takes. */
  private static final class UnfitMaterialException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnfitMaterialException(String text) {
      super(text);
    }
  }
}
