package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import javax.crypto.Mac;

/** Message authentication codes of HMAC keys. */
final class MacOperations {

  private static final int MOST_MESSAGE = 4096;
  private static final int MOST_MAC = 6144;

  private final KeyUse use;

  MacOperations(KmsKeys keys, Timeline timeline) {
    this.use = new KeyUse(keys, timeline);
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "GenerateMac",
        Operation.read(this::generate, "KeyId", "Message", "MacAlgorithm", "DryRun"));
    operations.put(
        "VerifyMac",
        Operation.read(this::verify, "KeyId", "Message", "MacAlgorithm", "Mac", "DryRun"));
  }

  private Map<String, Object> generate(AwsRequest request) {
    KmsKey key = key(request);
    byte[] mac = mac(request, key);
    use.succeed(request, key);
    return Map.of(
        "KeyId",
        key.arn,
        "Mac",
        KmsRules.blob(mac),
        "MacAlgorithm",
        request.params().required("MacAlgorithm"));
  }

  private Map<String, Object> verify(AwsRequest request) {
    KmsKey key = key(request);
    byte[] given = KmsRules.blob(request.params(), "Mac", MOST_MAC);
    if (!MessageDigest.isEqual(given, mac(request, key))) {
      throw AwsError.badRequest("KMSInvalidMacException", "The MAC is not valid.");
    }
    use.succeed(request, key);
    return Map.of(
        "KeyId",
        key.arn,
        "MacValid",
        true,
        "MacAlgorithm",
        request.params().required("MacAlgorithm"));
  }

  private KmsKey key(AwsRequest request) {
    return use.usable(request, request.params().required("KeyId"), "GENERATE_VERIFY_MAC");
  }

  private static byte[] mac(AwsRequest request, KmsKey key) {
    String algorithm = request.params().required("MacAlgorithm");
    KeyUse.checkAlgorithm(key, algorithm, KeySpecs.macAlgorithms(key.form.spec()));
    byte[] message = KmsRules.blob(request.params(), "Message", MOST_MESSAGE);
    try {
      Mac mac = Mac.getInstance("HmacSHA" + algorithm.substring("HMAC_SHA_".length()));
      mac.init(key.family.current().secret().key());
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(algorithm + " failed", e);
    }
  }
}
