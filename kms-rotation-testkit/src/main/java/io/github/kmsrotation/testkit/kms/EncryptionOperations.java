package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operations that encrypt and decrypt, with AES-256-GCM under the current material of symmetric
 * keys and with RSA OAEP under RSA keys.
 */
final class EncryptionOperations {

  private static final int MOST_PLAINTEXT = 4096;
  private static final int MOST_CIPHERTEXT = 6144;

  private final KmsKeys keys;
  private final KeyUse use;

  private static final String MODIFIERS = "DryRunModifiers";

  EncryptionOperations(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.use = new KeyUse(keys, timeline);
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "Encrypt",
        Operation.read(
            this::encrypt,
            "KeyId",
            "Plaintext",
            "EncryptionContext",
            "EncryptionAlgorithm",
            "DryRun"));
    operations.put(
        "Decrypt",
        Operation.read(
            this::decrypt,
            "KeyId",
            "CiphertextBlob",
            "EncryptionContext",
            "EncryptionAlgorithm",
            "DryRun",
            MODIFIERS));
    operations.put(
        "ReEncrypt",
        Operation.read(
            this::reEncrypt,
            "CiphertextBlob",
            "SourceKeyId",
            "SourceEncryptionContext",
            "SourceEncryptionAlgorithm",
            "DestinationKeyId",
            "DestinationEncryptionContext",
            "DestinationEncryptionAlgorithm",
            "DryRun",
            MODIFIERS));
  }

  /** What is decrypted: the key, the plaintext and the material that it was sealed under. */
  private record Opened(KmsKey key, String algorithm, ByteBuffer plaintext, String materialId) {
    @Override
    public String toString() {
      return key.arn;
    }
  }

  private Map<String, Object> encrypt(AwsRequest request) {
    Params params = request.params();
    KmsKey key = use.usable(request, params.required("KeyId"), "ENCRYPT_DECRYPT");
    byte[] plaintext = KmsRules.blob(params, "Plaintext", MOST_PLAINTEXT);
    String algorithm = algorithm(params, "EncryptionAlgorithm");
    byte[] sealed = seal(key, plaintext, algorithm, context(params, "EncryptionContext"));
    use.succeed(request, key);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn);
    answer.put("CiphertextBlob", KmsRules.blob(sealed));
    answer.put("EncryptionAlgorithm", algorithm);
    return answer;
  }

  /**
   * Whether only the right to the keys is asked for, without a ciphertext.
   *
   * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html">
   *     Testing your permissions</a>
   */
  private static boolean ignoresCiphertext(Params params) {
    List<String> modifiers = params.texts(MODIFIERS);
    modifiers.stream()
        .filter(modifier -> !modifier.equals("IGNORE_CIPHERTEXT"))
        .findFirst()
        .ifPresent(
            modifier -> {
              throw KmsRules.validation("There is no DryRunModifier " + modifier + ".");
            });
    return !modifiers.isEmpty() && params.truth("DryRun").orElse(false);
  }

  private Map<String, Object> decrypt(AwsRequest request) {
    Params params = request.params();
    if (ignoresCiphertext(params)) {
      use.succeed(request, use.usable(request, params.required("KeyId"), "ENCRYPT_DECRYPT"));
    }
    Opened opened =
        open(
            request,
            params.text("KeyId"),
            algorithm(params, "EncryptionAlgorithm"),
            context(params, "EncryptionContext"));
    use.succeed(request, opened.key());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", opened.key().arn);
    answer.put("Plaintext", KmsRules.blob(opened.plaintext().array()));
    answer.put("EncryptionAlgorithm", opened.algorithm());
    putMaterial(answer, "KeyMaterialId", opened.key(), opened.materialId());
    return answer;
  }

  private Map<String, Object> reEncrypt(AwsRequest request) {
    Params params = request.params();
    if (ignoresCiphertext(params)) {
      use.usable(request, params.required("SourceKeyId"), "ENCRYPT_DECRYPT");
      use.succeed(
          request, use.usable(request, params.required("DestinationKeyId"), "ENCRYPT_DECRYPT"));
    }
    Opened opened =
        open(
            request,
            params.text("SourceKeyId"),
            algorithm(params, "SourceEncryptionAlgorithm"),
            context(params, "SourceEncryptionContext"));
    KmsKey to = use.usable(request, params.required("DestinationKeyId"), "ENCRYPT_DECRYPT");
    String algorithm = algorithm(params, "DestinationEncryptionAlgorithm");
    byte[] sealed =
        seal(
            to,
            opened.plaintext().array(),
            algorithm,
            context(params, "DestinationEncryptionContext"));
    use.succeed(request, opened.key(), to);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("CiphertextBlob", KmsRules.blob(sealed));
    answer.put("SourceKeyId", opened.key().arn);
    answer.put("KeyId", to.arn);
    answer.put("SourceEncryptionAlgorithm", opened.algorithm());
    answer.put("DestinationEncryptionAlgorithm", algorithm);
    putMaterial(answer, "SourceKeyMaterialId", opened.key(), opened.materialId());
    putMaterial(answer, "DestinationKeyMaterialId", to, to.family.current().id());
    return answer;
  }

  private Opened open(
      AwsRequest request, Optional<String> named, String algorithm, Map<String, String> context) {
    byte[] ciphertext = KmsRules.blob(request.params(), "CiphertextBlob", MOST_CIPHERTEXT);
    if (!algorithm.equals(KeySpecs.SYMMETRIC)) {
      return openWithRsa(request, named, algorithm, ciphertext, context);
    }
    Ciphertexts.Blob blob = Ciphertexts.parse(ciphertext);
    Optional<KmsKey> wanted = named.map(name -> keys.resolve(request.region(), name));
    wanted.ifPresent(key -> checkSealedBy(key, blob.keyArn()));
    KmsKey key = wanted.orElseGet(() -> keys.ofCiphertext(request.region(), blob.keyArn()));
    use.usable(key, "ENCRYPT_DECRYPT");
    byte[] plaintext = Ciphertexts.open(key, blob, context);
    return new Opened(key, algorithm, ByteBuffer.wrap(plaintext), blob.materialId());
  }

  private static void checkSealedBy(KmsKey key, String sealedBy) {
    boolean related = key.form.multiRegion() && sealedBy.endsWith("/" + key.id);
    if (!related && !key.arn.equals(sealedBy)) {
      throw AwsError.badRequest(
          "IncorrectKeyException",
          "The key ID in the request does not identify a CMK that can perform this operation.");
    }
  }

  private Opened openWithRsa(
      AwsRequest request,
      Optional<String> named,
      String algorithm,
      byte[] ciphertext,
      Map<String, String> context) {
    if (named.isEmpty()) {
      throw KmsRules.validation("Ciphertexts of asymmetric keys do not name their key: give it.");
    }
    KmsKey key = use.usable(request, named.get(), "ENCRYPT_DECRYPT");
    checkAsymmetric(key, algorithm, context);
    byte[] plaintext = Rsa.decrypt(key.family.current().secret().pair(), algorithm, ciphertext);
    return new Opened(key, algorithm, ByteBuffer.wrap(plaintext), "");
  }

  private static byte[] seal(
      KmsKey key, byte[] plaintext, String algorithm, Map<String, String> context) {
    if (key.form.isSymmetric()) {
      KeyUse.checkAlgorithm(key, algorithm, KeySpecs.encryptionAlgorithms(key.form.spec()));
      return Ciphertexts.seal(key, plaintext, context);
    }
    checkAsymmetric(key, algorithm, context);
    return Rsa.encrypt(key.family.current().secret().pair(), algorithm, plaintext);
  }

  private static void checkAsymmetric(KmsKey key, String algorithm, Map<String, String> context) {
    KeyUse.checkAlgorithm(key, algorithm, KeySpecs.encryptionAlgorithms(key.form.spec()));
    if (!context.isEmpty()) {
      throw KmsRules.validation("Asymmetric keys take no encryption context: " + key.arn);
    }
  }

  static void putMaterial(Map<String, Object> answer, String name, KmsKey key, String materialId) {
    if (key.form.hasRotations()) {
      answer.put(name, materialId);
    }
  }

  private static String algorithm(Params params, String name) {
    return params.text(name).orElse(KeySpecs.SYMMETRIC);
  }

  static Map<String, String> context(Params params, String name) {
    Map<String, String> context = new LinkedHashMap<>();
    params
        .structure(name)
        .ifPresent(given -> given.names().forEach(n -> context.put(n, given.required(n))));
    return context;
  }
}
