package io.github.kmsrotation.testkit;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialRequest;

/** Wraps and imports key material, as a caller of AWS KMS does. */
final class MaterialImport {

  private MaterialImport() {}

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  static GetParametersForImportResponse parameters(KmsClient client, String keyArn) {
    return client.getParametersForImport(
        r -> r.keyId(keyArn).wrappingAlgorithm("RSAES_OAEP_SHA_256").wrappingKeySpec("RSA_2048"));
  }

  static SdkBytes wrap(GetParametersForImportResponse to, byte[] bytes, String digest) {
    try {
      PublicKey wrapping =
          KeyFactory.getInstance("RSA")
              .generatePublic(new X509EncodedKeySpec(to.publicKey().asByteArray()));
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          wrapping,
          new OAEPParameterSpec(
              digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT));
      return SdkBytes.fromByteArray(cipher.doFinal(bytes));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String into(
      KmsClient client,
      String keyArn,
      byte[] bytes,
      Consumer<ImportKeyMaterialRequest.Builder> how) {
    GetParametersForImportResponse to = parameters(client, keyArn);
    SdkBytes wrapped = wrap(to, bytes, "SHA-256");
    return client
        .importKeyMaterial(
            r ->
                how.accept(
                    r.keyId(keyArn)
                        .importToken(to.importToken())
                        .encryptedKeyMaterial(wrapped)
                        .expirationModel("KEY_MATERIAL_DOES_NOT_EXPIRE")))
        .keyMaterialId();
  }
}
