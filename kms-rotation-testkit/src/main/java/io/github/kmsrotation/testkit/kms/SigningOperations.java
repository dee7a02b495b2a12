package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Signatures, and the public keys that they can be verified with. */
final class SigningOperations {

  private static final int MOST_MESSAGE = 4096;
  private static final int MOST_SIGNATURE = 6144;

  private final KmsKeys keys;
  private final KeyUse use;

  SigningOperations(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.use = new KeyUse(keys, timeline);
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "Sign",
        Operation.read(
            this::sign, "KeyId", "Message", "MessageType", "SigningAlgorithm", "DryRun"));
    operations.put(
        "Verify",
        Operation.read(
            this::verify,
            "KeyId",
            "Message",
            "MessageType",
            "Signature",
            "SigningAlgorithm",
            "DryRun"));
    operations.put("GetPublicKey", Operation.read(this::publicKey, "KeyId"));
  }

  private Map<String, Object> sign(AwsRequest request) {
    KmsKey key = use.usable(request, request.params().required("KeyId"), "SIGN_VERIFY");
    String algorithm = algorithm(request, key);
    byte[] message = KmsRules.blob(request.params(), "Message", MOST_MESSAGE);
    byte[] signature = signatures(request, key, algorithm).sign(message);
    use.succeed(request, key);
    return Map.of(
        "KeyId", key.arn, "Signature", KmsRules.blob(signature), "SigningAlgorithm", algorithm);
  }

  private Map<String, Object> verify(AwsRequest request) {
    KmsKey key = use.usable(request, request.params().required("KeyId"), "SIGN_VERIFY");
    String algorithm = algorithm(request, key);
    byte[] message = KmsRules.blob(request.params(), "Message", MOST_MESSAGE);
    byte[] signature = KmsRules.blob(request.params(), "Signature", MOST_SIGNATURE);
    if (!signatures(request, key, algorithm).verify(message, signature)) {
      throw AwsError.badRequest("KMSInvalidSignatureException", "The signature is not valid.");
    }
    use.succeed(request, key);
    return Map.of("KeyId", key.arn, "SignatureValid", true, "SigningAlgorithm", algorithm);
  }

  private static String algorithm(AwsRequest request, KmsKey key) {
    String algorithm = request.params().required("SigningAlgorithm");
    KeyUse.checkAlgorithm(key, algorithm, KeySpecs.signingAlgorithms(key.form.spec()));
    return algorithm;
  }

  private static Signatures signatures(AwsRequest request, KmsKey key, String algorithm) {
    String type = request.params().text("MessageType").orElse("RAW");
    KmsRules.checkOneOf("messageType", type, List.of("RAW", "DIGEST"));
    return new Signatures(key.family.current().secret().pair(), algorithm, type.equals("DIGEST"));
  }

  private Map<String, Object> publicKey(AwsRequest request) {
    KmsKey key = keys.any(request);
    if (KeySpecs.isOneKey(key.form.spec())) {
      throw KmsRules.unsupported(key.arn + " is not asymmetric and has no public key.");
    }
    StateRules.requireUsable(key);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn);
    answer.put(
        "PublicKey", KmsRules.blob(key.family.current().secret().pair().getPublic().getEncoded()));
    answer.put("KeySpec", key.form.spec());
    answer.put("CustomerMasterKeySpec", key.form.spec());
    answer.put("KeyUsage", key.form.usage());
    KeyMetadata.putAlgorithms(answer, key);
    return answer;
  }
}
