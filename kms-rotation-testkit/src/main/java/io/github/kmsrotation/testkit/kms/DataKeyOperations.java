package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Data keys and random bytes. */
final class DataKeyOperations {

  private static final int MOST_BYTES = 1024;

  private final KeyUse use;

  DataKeyOperations(KmsKeys keys, Timeline timeline) {
    this.use = new KeyUse(keys, timeline);
  }

  void define(Map<String, Operation> operations) {
    String[] params = {"KeyId", "KeySpec", "NumberOfBytes", "EncryptionContext", "DryRun"};
    operations.put("GenerateDataKey", Operation.read(r -> dataKey(r, true), params));
    operations.put(
        "GenerateDataKeyWithoutPlaintext", Operation.read(r -> dataKey(r, false), params));
    operations.put("GenerateRandom", Operation.read(this::random, "NumberOfBytes"));
  }

  private Map<String, Object> dataKey(AwsRequest request, boolean withPlaintext) {
    Params params = request.params();
    KmsKey key = use.usable(request, params.required("KeyId"), "ENCRYPT_DECRYPT");
    KeyUse.checkAlgorithm(key, KeySpecs.SYMMETRIC, KeySpecs.encryptionAlgorithms(key.form.spec()));
    byte[] plaintext = bytes(length(params));
    byte[] sealed =
        Ciphertexts.seal(key, plaintext, EncryptionOperations.context(params, "EncryptionContext"));
    use.succeed(request, key);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn);
    answer.put("CiphertextBlob", KmsRules.blob(sealed));
    if (withPlaintext) {
      answer.put("Plaintext", KmsRules.blob(plaintext));
    }
    EncryptionOperations.putMaterial(answer, "KeyMaterialId", key, key.family.current().id());
    return answer;
  }

  private static int length(Params params) {
    if (params.has("NumberOfBytes") == params.has("KeySpec")) {
      throw KmsRules.validation("Please specify either number of bytes or key spec.");
    }
    return params
        .text("KeySpec")
        .map(spec -> KmsRules.checkOneOf("keySpec", spec, List.of("AES_256", "AES_128")))
        .map(spec -> spec.equals("AES_256") ? 32 : 16)
        .orElseGet(() -> number(params));
  }

  private static int number(Params params) {
    params.required("NumberOfBytes");
    int number = params.number("NumberOfBytes").orElseThrow();
    KmsRules.checkRange("numberOfBytes", number, 1, MOST_BYTES);
    return number;
  }

  private Map<String, Object> random(AwsRequest request) {
    return Map.of("Plaintext", KmsRules.blob(bytes(number(request.params()))));
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
