package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.List;
import java.util.Set;

/**
 * The kinds of keys, and what each can do.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html">Key
 *     spec reference</a>
 */
final class KeySpecs {

  static final String SYMMETRIC = "SYMMETRIC_DEFAULT";

  private static final Set<String> MODELLED =
      Set.of(
          SYMMETRIC,
          "RSA_2048",
          "RSA_3072",
          "RSA_4096",
          "ECC_NIST_P256",
          "ECC_NIST_P384",
          "ECC_NIST_P521",
          "ECC_SECG_P256K1",
          "ECC_NIST_EDWARDS25519",
          "HMAC_224",
          "HMAC_256",
          "HMAC_384",
          "HMAC_512");
  private static final Set<String> NOT_MODELLED =
      Set.of("ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "SM2");

  private KeySpecs() {}

  static void check(String spec, String usage) {
    if (NOT_MODELLED.contains(spec)) {
      throw AwsError.notModelled("keys of spec " + spec);
    }
    if (!MODELLED.contains(spec)) {
      throw KmsRules.validation("Value '" + spec + "' at 'keySpec' failed to satisfy constraint");
    }
    if (!usages(spec).contains(usage)) {
      throw KmsRules.validation("KeyUsage " + usage + " is not compatible with KeySpec " + spec);
    }
  }

  private static Set<String> usages(String spec) {
    return switch (spec) {
      case SYMMETRIC -> Set.of("ENCRYPT_DECRYPT");
      case "RSA_2048", "RSA_3072", "RSA_4096" -> Set.of("ENCRYPT_DECRYPT", "SIGN_VERIFY");
      case "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521" ->
          Set.of("SIGN_VERIFY", "KEY_AGREEMENT");
      case "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519" -> Set.of("SIGN_VERIFY");
      default -> Set.of("GENERATE_VERIFY_MAC");
    };
  }

  /** Whether the key material is one key, and not a pair. */
  static boolean isOneKey(String spec) {
    return spec.equals(SYMMETRIC) || spec.startsWith("HMAC");
  }

  /** The length of a generated key: HMAC keys are as long as their digest. */
  static int keyBytes(String spec) {
    return spec.startsWith("HMAC") ? Integer.parseInt(spec.substring(5)) / 8 : 32;
  }

  /** The JDK's name for keys of this kind. */
  static String family(String spec) {
    if (spec.startsWith("RSA")) {
      return "RSA";
    }
    return spec.equals("ECC_NIST_EDWARDS25519") ? "Ed25519" : "EC";
  }

  static int rsaBits(String spec) {
    return Integer.parseInt(spec.substring("RSA_".length()));
  }

  static String curve(String spec) {
    return switch (spec) {
      case "ECC_NIST_P256" -> "secp256r1";
      case "ECC_NIST_P384" -> "secp384r1";
      case "ECC_NIST_P521" -> "secp521r1";
      default -> throw AwsError.notModelled("the use of keys of spec " + spec);
    };
  }

  static List<String> encryptionAlgorithms(String spec) {
    return spec.equals(SYMMETRIC)
        ? List.of(SYMMETRIC)
        : List.of("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256");
  }

  static List<String> signingAlgorithms(String spec) {
    return switch (spec) {
      case "ECC_NIST_P256", "ECC_SECG_P256K1" -> List.of("ECDSA_SHA_256");
      case "ECC_NIST_P384" -> List.of("ECDSA_SHA_384");
      case "ECC_NIST_P521" -> List.of("ECDSA_SHA_512");
      case "ECC_NIST_EDWARDS25519" -> List.of("ED25519_SHA_512", "ED25519_PH_SHA_512");
      default ->
          List.of(
              "RSASSA_PKCS1_V1_5_SHA_256",
              "RSASSA_PKCS1_V1_5_SHA_384",
              "RSASSA_PKCS1_V1_5_SHA_512",
              "RSASSA_PSS_SHA_256",
              "RSASSA_PSS_SHA_384",
              "RSASSA_PSS_SHA_512");
    };
  }

  static List<String> macAlgorithms(String spec) {
    return List.of("HMAC_SHA_" + spec.substring("HMAC_".length()));
  }
}
