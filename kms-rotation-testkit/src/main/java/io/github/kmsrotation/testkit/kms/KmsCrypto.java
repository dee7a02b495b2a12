package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The operations that encrypt and decrypt. */
final class KmsCrypto {

  private final KmsKeys keys;

  KmsCrypto(KmsKeys keys) {
    this.keys = keys;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "Encrypt",
        Operation.read(
            this::encrypt, "KeyId", "Plaintext", "EncryptionContext", "EncryptionAlgorithm"));
    operations.put(
        "Decrypt",
        Operation.read(
            this::decrypt, "KeyId", "CiphertextBlob", "EncryptionContext", "EncryptionAlgorithm"));
    operations.put(
        "GenerateDataKey",
        Operation.read(
            this::generateDataKey, "KeyId", "KeySpec", "NumberOfBytes", "EncryptionContext"));
  }

  private Map<String, Object> encrypt(AwsRequest request) {
    KmsKey key = usable(request, request.params().required("KeyId"));
    byte[] plaintext = blob(request.params(), "Plaintext", 4096);
    return answer(key, Ciphertexts.seal(key, plaintext, context(request.params())));
  }

  private Map<String, Object> decrypt(AwsRequest request) {
    Ciphertexts.Blob blob = Ciphertexts.parse(blob(request.params(), "CiphertextBlob", 6144));
    KmsKey key = usable(request, blob.keyArn());
    request
        .params()
        .text("KeyId")
        .ifPresent(
            named -> {
              if (!keys.resolve(request.region(), named).arn.equals(key.arn)) {
                throw AwsError.badRequest(
                    "IncorrectKeyException",
                    "The key ID in the request does not identify the key.");
              }
            });
    byte[] plaintext = Ciphertexts.open(key, blob, context(request.params()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn);
    answer.put("Plaintext", Base64.getEncoder().encodeToString(plaintext));
    answer.put("EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
    answer.put("KeyMaterialId", blob.materialId());
    return answer;
  }

  private Map<String, Object> generateDataKey(AwsRequest request) {
    KmsKey key = usable(request, request.params().required("KeyId"));
    int length =
        request
            .params()
            .number("NumberOfBytes")
            .orElseGet(
                () ->
                    switch (request.params().required("KeySpec")) {
                      case "AES_256" -> 32;
                      case "AES_128" -> 16;
                      default ->
                          throw AwsError.badRequest("ValidationException", "Invalid KeySpec");
                    });
    KmsRules.checkRange("numberOfBytes", length, 1, 1024);
    byte[] plaintext = new byte[length];
    new SecureRandom().nextBytes(plaintext);
    Map<String, Object> answer =
        answer(key, Ciphertexts.seal(key, plaintext, context(request.params())));
    answer.remove("EncryptionAlgorithm");
    answer.put("Plaintext", Base64.getEncoder().encodeToString(plaintext));
    answer.put("KeyMaterialId", key.current().id());
    return answer;
  }

  private static Map<String, Object> answer(KmsKey key, byte[] ciphertext) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn);
    answer.put("CiphertextBlob", Base64.getEncoder().encodeToString(ciphertext));
    answer.put("EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
    return answer;
  }

  private KmsKey usable(AwsRequest request, String name) {
    KmsKey key = keys.resolve(request.region(), name);
    if (!key.usage.equals("ENCRYPT_DECRYPT")) {
      throw AwsError.badRequest("InvalidKeyUsageException", key.arn + " has usage " + key.usage);
    }
    if (!key.isSymmetric()) {
      throw AwsError.notModelled("encryption with asymmetric keys");
    }
    KmsRules.requireEnabled(key);
    return key;
  }

  private static byte[] blob(Params params, String name, int most) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(params.required(name));
    } catch (IllegalArgumentException e) {
      throw AwsError.badRequest("SerializationException", name + " is not base64");
    }
    if (bytes.length == 0 || bytes.length > most) {
      throw AwsError.badRequest("ValidationException", name + " must have 1 to " + most + " bytes");
    }
    return bytes;
  }

  private static Map<String, String> context(Params params) {
    Map<String, String> context = new LinkedHashMap<>();
    params
        .structure("EncryptionContext")
        .ifPresent(given -> given.names().forEach(n -> context.put(n, given.required(n))));
    return context;
  }
}
