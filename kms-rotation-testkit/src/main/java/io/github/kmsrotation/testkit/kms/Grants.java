package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be granted on a key, and how a grant has to be asked for.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html">CreateGrant</a>
 */
final class Grants {

  private static final List<String> PRINCIPALS =
      List.of(
          "GranteePrincipal",
          "GranteeServicePrincipal",
          "RetiringPrincipal",
          "RetiringServicePrincipal");
  private static final List<String> OF_EVERY_KEY =
      List.of("CreateGrant", "DescribeKey", "RetireGrant");

  private Grants() {}

  /** The operations, checked against what the key can do. */
  static List<String> operations(Params params, KmsKey key) {
    List<String> operations = params.texts("Operations");
    if (operations.isEmpty()) {
      throw KmsRules.validation("Operations must be given.");
    }
    List<String> supported = new ArrayList<>(OF_EVERY_KEY);
    supported.addAll(ofUsage(key.form));
    for (String operation : operations) {
      if (!supported.contains(operation)) {
        throw KmsRules.validation(
            "Operation " + operation + " cannot be granted on " + key.arn + ".");
      }
    }
    return operations;
  }

  private static List<String> ofUsage(KeyForm form) {
    return switch (form.usage()) {
      case "SIGN_VERIFY" -> List.of("Sign", "Verify", "GetPublicKey");
      case "GENERATE_VERIFY_MAC" -> List.of("GenerateMac", "VerifyMac");
      case "KEY_AGREEMENT" -> List.of("DeriveSharedSecret", "GetPublicKey");
      default ->
          form.isSymmetric()
              ? List.of(
                  "Decrypt",
                  "Encrypt",
                  "GenerateDataKey",
                  "GenerateDataKeyWithoutPlaintext",
                  "GenerateDataKeyPair",
                  "GenerateDataKeyPairWithoutPlaintext",
                  "ReEncryptFrom",
                  "ReEncryptTo")
              : List.of("Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo", "GetPublicKey");
    };
  }

  /** All but the operations, as {@code ListGrants} tells them. */
  static Map<String, Object> asked(Params params, KmsKey key) {
    requireOneOf(params, "GranteePrincipal", "GranteeServicePrincipal");
    if (params.has("RetiringPrincipal") && params.has("RetiringServicePrincipal")) {
      throw KmsRules.validation("There can be one retiring principal only.");
    }
    Map<String, Object> asked = new LinkedHashMap<>();
    for (String name : PRINCIPALS) {
      params.text(name).ifPresent(value -> asked.put(name, principal(name, value)));
    }
    params
        .text("Name")
        .ifPresent(
            name -> {
              KmsRules.checkPattern("name", name, "[a-zA-Z0-9:/_-]{1,256}");
              asked.put("Name", name);
            });
    params.structure("Constraints").ifPresent(c -> asked.put("Constraints", constraints(c, key)));
    if (params.has("GranteeServicePrincipal")) {
      checkServiceGrant(params);
    }
    return asked;
  }

  static void requireOneOf(Params params, String one, String other) {
    if (params.has(one) == params.has(other)) {
      throw KmsRules.validation("Either " + one + " or " + other + " must be given.");
    }
  }

  private static String principal(String name, String value) {
    KmsRules.checkPattern(name, value, "[\\w+=,.@:/-]{1,256}");
    boolean isService = name.contains("Service");
    if (!isService && !value.matches("arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:.+")) {
      throw AwsError.badRequest(
          "InvalidArnException", name + " is not the ARN of a principal: " + value);
    }
    return value;
  }

  private static void checkServiceGrant(Params params) {
    Optional<Params> constraints = params.structure("Constraints");
    boolean retirable = params.has("RetiringPrincipal") || params.has("RetiringServicePrincipal");
    if (constraints.filter(c -> c.has("SourceArn")).isEmpty() || !retirable) {
      throw KmsRules.validation(
          "A grant to a service needs a SourceArn constraint and a retiring principal.");
    }
  }

  private static Map<String, Object> constraints(Params given, KmsKey key) {
    Map<String, Object> constraints = new LinkedHashMap<>();
    for (String name : List.of("EncryptionContextSubset", "EncryptionContextEquals")) {
      if (given.has(name)) {
        if (!key.form.isSymmetric()) {
          throw KmsRules.validation(name + " is for symmetric encryption keys: " + key.arn);
        }
        constraints.put(name, EncryptionOperations.context(given, name));
      }
    }
    given.text("SourceArn").ifPresent(arn -> constraints.put("SourceArn", arn));
    return constraints;
  }
}
