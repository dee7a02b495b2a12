package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Params;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The master passwords that RDS manages, each in a secret of its own. */
final class MasterSecrets {

  private static final String MANAGE = "ManageMasterUserPassword";
  private static final String KEY = "MasterUserSecretKmsKeyId";
  private static final String SECRET = "MasterUserSecret";

  private final Map<String, String> passwords = new HashMap<>();
  private final RdsStore store;

  MasterSecrets(RdsStore store) {
    this.store = store;
  }

  Optional<String> password(String secretArn) {
    return Optional.ofNullable(passwords.get(secretArn));
  }

  /** A restore takes it for Oracle only, which is not modelled. */
  static void refuse(Params params) {
    if (params.has(MANAGE) || params.has(KEY)) {
      throw AwsError.badRequest(
          "InvalidParameterCombination", MANAGE + " applies to RDS for Oracle only.");
    }
  }

  /** For a new DB instance or DB cluster: the password that was given, or a new one in a secret. */
  String create(AwsRequest request, String resourceId, Map<String, Object> attributes) {
    Params params = request.params();
    if (params.truth(MANAGE).orElse(false) == params.has("MasterUserPassword")) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "Specify either MasterUserPassword or ManageMasterUserPassword.");
    }
    requireManaged(params);
    return params
        .text("MasterUserPassword")
        .orElseGet(
            () ->
                make(
                    request,
                    resourceId,
                    attributes,
                    key(request).orElseThrow(MasterSecrets::defaultKey)));
  }

  /** Gives the DB instance a secret with a new password, unless it has one. */
  void modify(AwsRequest request, DbInstance instance) {
    Params params = request.params();
    if (params.has(MANAGE) && !params.truth(MANAGE).orElse(false)) {
      throw AwsError.notModelled(MANAGE + " of false");
    }
    requireManaged(params);
    if (!params.has(MANAGE)) {
      return;
    }
    Optional<String> key = key(request);
    if (instance.attributes.get(SECRET) instanceof Map<?, ?> secret) {
      if (key.isPresent() && !key.get().equals(secret.get("KmsKeyId"))) {
        throw AwsError.badRequest(
            "InvalidParameterCombination", "You can't change the KMS key of the secret.");
      }
      return;
    }
    String password =
        make(
            request,
            instance.resourceId,
            instance.attributes,
            key.orElseThrow(MasterSecrets::defaultKey));
    instance.database.ifPresent(
        database -> database.setPassword(instance.text("MasterUsername"), password));
  }

  private static void requireManaged(Params params) {
    if (params.has(KEY) && !params.truth(MANAGE).orElse(false)) {
      throw AwsError.badRequest("InvalidParameterCombination", KEY + " needs " + MANAGE + ".");
    }
  }

  private Optional<String> key(AwsRequest request) {
    return request.params().text(KEY).map(name -> store.requireKey(request.region(), name));
  }

  private static AwsError defaultKey() {
    return AwsError.notModelled("a secret under alias/aws/secretsmanager");
  }

  private String make(
      AwsRequest request, String resourceId, Map<String, Object> attributes, String key) {
    String arn =
        "arn:aws:secretsmanager:"
            + request.region()
            + ":"
            + store.accountId
            + ":secret:rds!"
            + resourceId;
    String password = UUID.randomUUID().toString();
    passwords.put(arn, password);
    attributes.put(SECRET, Map.of("SecretArn", arn, "SecretStatus", "active", "KmsKeyId", key));
    return password;
  }
}
