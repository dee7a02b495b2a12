package io.github.kmsrotation.testkit.kms;

import static io.github.kmsrotation.testkit.kms.KmsRules.seconds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names of keys.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html">The
 *     quota of aliases per key</a>
 */
final class AliasOperations {

  private static final int MOST_PER_KEY = 50;

  private final KmsKeys keys;

  AliasOperations(KmsKeys keys) {
    this.keys = keys;
  }

  void define(Map<String, Operation> operations) {
    operations.put("CreateAlias", Operation.write(this::create, "AliasName", "TargetKeyId"));
    operations.put("UpdateAlias", Operation.write(this::update, "AliasName", "TargetKeyId"));
    operations.put("DeleteAlias", Operation.write(this::delete, "AliasName"));
    operations.put("ListAliases", Operation.read(this::list, "KeyId", "Limit", "Marker"));
  }

  private Map<String, Object> create(AwsRequest request) {
    String name = name(request);
    KmsKey key = target(request);
    if (keys.aliases(request.region()).containsKey(name)) {
      throw AwsError.badRequest("AlreadyExistsException", "An alias " + name + " already exists");
    }
    checkQuota(key);
    keys.alias(request.region(), name, key);
    return Map.of();
  }

  private static String name(AwsRequest request) {
    String name = request.params().required("AliasName");
    if (!name.matches("alias/[a-zA-Z0-9/_-]{1,250}")) {
      throw AwsError.badRequest("InvalidAliasNameException", "Invalid alias name: " + name);
    }
    if (name.startsWith("alias/aws/")) {
      throw AwsError.badRequest(
          "NotAuthorizedException", "Aliases that begin with alias/aws/ are reserved.");
    }
    return name;
  }

  private KmsKey target(AwsRequest request) {
    String target = request.params().required("TargetKeyId");
    if (target.contains("alias/")) {
      throw KmsRules.validation("Aliases must refer to keys: " + target);
    }
    KmsKey key = keys.resolve(request.region(), target);
    KmsKeys.requireCustomerManaged(key);
    StateRules.requireNotDeleting(key);
    return key;
  }

  private void checkQuota(KmsKey key) {
    long aliases =
        keys.aliases(key.region).values().stream().filter(a -> a.keyArn().equals(key.arn)).count();
    if (aliases >= MOST_PER_KEY) {
      throw AwsError.badRequest(
          "LimitExceededException", key.arn + " has " + MOST_PER_KEY + " aliases already.");
    }
  }

  private Map<String, Object> update(AwsRequest request) {
    String name = name(request);
    KmsKey key = target(request);
    KmsKey old = keys.resolve(request.region(), name);
    if (!old.form.usage().equals(key.form.usage())
        || old.form.isSymmetric() != key.form.isSymmetric()) {
      throw KmsRules.validation("Alias " + name + " cannot be changed to a key of another type");
    }
    if (!old.arn.equals(key.arn)) {
      checkQuota(key);
    }
    keys.alias(request.region(), name, key);
    return Map.of();
  }

  private Map<String, Object> delete(AwsRequest request) {
    String name = name(request);
    keys.resolve(request.region(), name);
    keys.aliases(request.region()).remove(name);
    return Map.of();
  }

  private Map<String, Object> list(AwsRequest request) {
    Optional<String> only =
        request.params().text("KeyId").map(name -> keys.resolve(request.region(), name).arn);
    List<Map<String, Object>> all = new ArrayList<>();
    for (KmsKeys.Alias alias : keys.aliasesIn(request.region())) {
      if (only.isEmpty() || only.get().equals(alias.keyArn())) {
        int path = alias.keyArn().indexOf("key/");
        all.add(
            Map.of(
                "AliasName", alias.name(),
                "AliasArn", alias.keyArn().substring(0, path) + alias.name(),
                "TargetKeyId", alias.keyArn().substring(path + "key/".length()),
                "CreationDate", seconds(alias.createdAt()),
                "LastUpdatedDate", seconds(alias.updatedAt())));
      }
    }
    return KmsRules.page(request.params(), "Aliases", all, 50, 100);
  }
}
