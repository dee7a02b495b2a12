package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What AWS KMS refuses, and how it pages. */
final class KmsRules {

  private static final Set<String> SPECS =
      Set.of(
          "SYMMETRIC_DEFAULT",
          "RSA_2048",
          "RSA_3072",
          "RSA_4096",
          "ECC_NIST_P256",
          "ECC_NIST_P384",
          "ECC_NIST_P521",
          "ECC_SECG_P256K1",
          "HMAC_224",
          "HMAC_256",
          "HMAC_384",
          "HMAC_512");

  private KmsRules() {}

  static void checkSpec(String spec, String usage) {
    if (!SPECS.contains(spec)) {
      throw AwsError.badRequest("ValidationException", "Value '" + spec + "' at 'keySpec' failed");
    }
    Set<String> usages =
        spec.equals("SYMMETRIC_DEFAULT")
            ? Set.of("ENCRYPT_DECRYPT")
            : spec.startsWith("HMAC")
                ? Set.of("GENERATE_VERIFY_MAC")
                : spec.startsWith("RSA")
                    ? Set.of("ENCRYPT_DECRYPT", "SIGN_VERIFY")
                    : Set.of("SIGN_VERIFY", "KEY_AGREEMENT");
    if (!usages.contains(usage)) {
      throw AwsError.badRequest(
          "ValidationException", "KeyUsage " + usage + " is not compatible with KeySpec " + spec);
    }
  }

  static void checkRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw AwsError.badRequest(
          "ValidationException",
          "1 validation error detected: Value '"
              + value
              + "' at '"
              + name
              + "' failed to satisfy constraint: Member must have value between "
              + least
              + " and "
              + most);
    }
  }

  static String aliasName(String name) {
    if (!name.matches("alias/[a-zA-Z0-9/_-]{1,250}")) {
      throw AwsError.badRequest("InvalidAliasNameException", "Invalid alias name: " + name);
    }
    if (name.startsWith("alias/aws/")) {
      throw AwsError.badRequest(
          "NotAuthorizedException", "Aliases that begin with alias/aws/ are reserved.");
    }
    return name;
  }

  static void requireEnabled(KmsKey key) {
    if (key.state.equals("Disabled")) {
      throw AwsError.badRequest("DisabledException", key.arn + " is disabled.");
    }
    if (!key.isEnabled()) {
      throw invalidState(key);
    }
  }

  static void requireRotatable(KmsKey key) {
    if (!key.isSymmetric() || !key.origin.equals("AWS_KMS")) {
      throw unsupported(key);
    }
  }

  static AwsError invalidState(KmsKey key) {
    String state =
        key.state.equals("PendingDeletion") ? "pending deletion" : "in state " + key.state;
    return AwsError.badRequest("KMSInvalidStateException", key.arn + " is " + state + ".");
  }

  static AwsError unsupported(KmsKey key) {
    return AwsError.badRequest(
        "UnsupportedOperationException", "The operation is not supported for " + key.arn + ".");
  }

  /** A page of a list, by {@code Limit} and {@code Marker}. */
  static Map<String, Object> page(Params params, String name, List<Map<String, Object>> all) {
    int limit = params.number("Limit").orElse(100);
    checkRange("limit", limit, 1, 1000);
    int from;
    try {
      from = Integer.parseInt(params.text("Marker").orElse("0"));
    } catch (NumberFormatException e) {
      throw AwsError.badRequest("InvalidMarkerException", "Invalid marker");
    }
    int to = Math.min(all.size(), from + limit);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put(name, all.subList(Math.min(from, to), to));
    page.put("Truncated", to < all.size());
    if (to < all.size()) {
      page.put("NextMarker", Integer.toString(to));
    }
    return page;
  }
}
