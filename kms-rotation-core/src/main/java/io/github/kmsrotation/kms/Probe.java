package io.github.kmsrotation.kms;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.RunId;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.EncryptRequest;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.GenerateMacRequest;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KmsInvalidMacException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SignRequest;

/**
 * Something that a key made and that it has to understand later: a ciphertext, a signature or a
 * message authentication code over a text that everybody may know.
 */
final class Probe {

  private static final String WHAT = "probe";
  private static final String MATERIAL = "probeKeyMaterialId";
  private static final String UNDERSTOOD = "understood";

  private final AwsReader reader;
  private final KmsClient kms;
  private final SdkBytes text;

  Probe(AwsReader reader, KmsClient kms, RunId runId) {
    this.reader = reader;
    this.kms = kms;
    this.text = SdkBytes.fromUtf8String("kms-rotation probe of run " + runId);
  }

  /** Has a key make something, in the first way that it has. */
  Facts make(String key, KeyMetadata metadata) {
    Map<String, String> facts = new TreeMap<>();
    SdkBytes made =
        switch (metadata.keyUsage()) {
          case ENCRYPT_DECRYPT -> encrypt(key, metadata);
          case SIGN_VERIFY -> sign(key, metadata);
          case GENERATE_VERIFY_MAC -> mac(key, metadata);
          default -> publicKey(key);
        };
    facts.put(WHAT, Base64.getEncoder().encodeToString(made.asByteArrayUnsafe()));
    if (metadata.currentKeyMaterialId() != null) {
      facts.put(MATERIAL, metadata.currentKeyMaterialId());
    }
    return Facts.of(facts);
  }

  /**
   * Whether the caller may have the key make something; nothing is made.
   *
   * @throws io.github.kmsrotation.error.MissingPermissionException if the caller may not
   */
  void rehearse(String key, KeyMetadata metadata) {
    try {
      switch (metadata.keyUsage()) {
        case ENCRYPT_DECRYPT ->
            reader.read(
                "kms:Encrypt", () -> kms.encrypt(encryption(key, metadata).dryRun(true).build()));
        case SIGN_VERIFY ->
            reader.read("kms:Sign", () -> kms.sign(signature(key, metadata).dryRun(true).build()));
        case GENERATE_VERIFY_MAC ->
            reader.read(
                "kms:GenerateMac", () -> kms.generateMac(code(key, metadata).dryRun(true).build()));
        default -> {}
      }
    } catch (DryRunOperationException e) {
      // How KMS says that the call would have worked.
    }
  }

  /** Has a key understand what it made: evidence that it does. */
  Evidence understand(String what, String key, KeyMetadata metadata, Facts facts) {
    SdkBytes made =
        SdkBytes.fromByteArray(Base64.getDecoder().decode(facts.find(WHAT).orElseThrow()));
    boolean understood =
        switch (metadata.keyUsage()) {
          case ENCRYPT_DECRYPT -> decrypt(key, metadata, made).plaintext().equals(text);
          case SIGN_VERIFY -> verify(key, metadata, made);
          case GENERATE_VERIFY_MAC -> verifyMac(key, metadata, made);
          default -> publicKey(key).equals(made);
        };
    return new Evidence(what, UNDERSTOOD, understood ? UNDERSTOOD : "not understood");
  }

  /** The material that a symmetric key encrypts with, as a ciphertext tells. */
  String materialInUse(String key, KeyMetadata metadata) {
    return decrypt(key, metadata, encrypt(key, metadata)).keyMaterialId();
  }

  private SdkBytes publicKey(String key) {
    return reader.read("kms:GetPublicKey", () -> kms.getPublicKey(r -> r.keyId(key))).publicKey();
  }

  private EncryptRequest.Builder encryption(String key, KeyMetadata metadata) {
    return EncryptRequest.builder()
        .keyId(key)
        .plaintext(text)
        .encryptionAlgorithm(algorithm(metadata));
  }

  private SdkBytes encrypt(String key, KeyMetadata metadata) {
    return reader
        .read("kms:Encrypt", () -> kms.encrypt(encryption(key, metadata).build()))
        .ciphertextBlob();
  }

  private DecryptResponse decrypt(String key, KeyMetadata metadata, SdkBytes ciphertext) {
    return reader.read(
        "kms:Decrypt",
        () ->
            kms.decrypt(
                r ->
                    r.keyId(key)
                        .ciphertextBlob(ciphertext)
                        .encryptionAlgorithm(algorithm(metadata))));
  }

  private static EncryptionAlgorithmSpec algorithm(KeyMetadata metadata) {
    return metadata.encryptionAlgorithms().get(0);
  }

  private SignRequest.Builder signature(String key, KeyMetadata metadata) {
    return SignRequest.builder()
        .keyId(key)
        .message(text)
        .messageType(MessageType.RAW)
        .signingAlgorithm(metadata.signingAlgorithms().get(0));
  }

  private SdkBytes sign(String key, KeyMetadata metadata) {
    return reader.read("kms:Sign", () -> kms.sign(signature(key, metadata).build())).signature();
  }

  private boolean verify(String key, KeyMetadata metadata, SdkBytes signature) {
    try {
      return reader
          .read(
              "kms:Verify",
              () ->
                  kms.verify(
                      r ->
                          r.keyId(key)
                              .message(text)
                              .messageType(MessageType.RAW)
                              .signature(signature)
                              .signingAlgorithm(metadata.signingAlgorithms().get(0))))
          .signatureValid();
    } catch (KmsInvalidSignatureException e) {
      return false;
    }
  }

  private GenerateMacRequest.Builder code(String key, KeyMetadata metadata) {
    return GenerateMacRequest.builder()
        .keyId(key)
        .message(text)
        .macAlgorithm(metadata.macAlgorithms().get(0));
  }

  private SdkBytes mac(String key, KeyMetadata metadata) {
    return reader.read("kms:GenerateMac", () -> kms.generateMac(code(key, metadata).build())).mac();
  }

  private boolean verifyMac(String key, KeyMetadata metadata, SdkBytes mac) {
    try {
      return reader
          .read(
              "kms:VerifyMac",
              () ->
                  kms.verifyMac(
                      r ->
                          r.keyId(key)
                              .message(text)
                              .mac(mac)
                              .macAlgorithm(metadata.macAlgorithms().get(0))))
          .macValid();
    } catch (KmsInvalidMacException e) {
      return false;
    }
  }
}
