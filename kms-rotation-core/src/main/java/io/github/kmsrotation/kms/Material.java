package io.github.kmsrotation.kms;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialRequest;

/** Takes key material from the caller's source to KMS without leaving any of it behind. */
final class Material {

  private final KeyMaterialSource source;
  private final KeyMaterialRequest request;
  private final KeyOptions options;

  Material(KeyMaterialSource source, RunId runId, KeyArn key, String keySpec, KeyOptions options) {
    this.source = source;
    this.request =
        new KeyMaterialRequest(runId, key, keySpec, MaterialWrapping.lengthInBytes(keySpec));
    this.options = options;
  }

  static Material of(RotationPlan plan, KeyOptions options) {
    return new Material(
        options.keyMaterial().orElseThrow(),
        plan.runId(),
        new KeyArn(plan.currentKeyArn().orElseThrow()),
        plan.attribute(KeySteps.SPEC),
        options);
  }

  /** What is wrong with the material that the source gives, without saying anything of it. */
  Optional<String> problem() {
    byte[] material = source.material(request);
    try {
      Optional<Integer> length = request.lengthInBytes();
      if (length.isPresent() && material.length != length.get()) {
        return Optional.of(
            "The key material has "
                + material.length
                + " bytes; a key of spec "
                + request.keySpec()
                + " takes "
                + length.get()
                + ".");
      }
      return material.length == 0 ? Optional.of("The key material is empty.") : Optional.empty();
    } finally {
      Arrays.fill(material, (byte) 0);
    }
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
    byte[] material = source.material(request);
    try {
      return SdkBytes.fromByteArrayUnsafe(
          MaterialWrapping.wrap(material, publicKey.asByteArrayUnsafe(), algorithm));
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }
}
