package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Grants, as they were asked for. They are not evaluated. */
final class GrantOperations {

  private static final int MOST_PER_KEY = 50_000;

  private final KmsKeys keys;
  private final Timeline timeline;

  GrantOperations(KmsKeys keys, Timeline timeline) {
    this.keys = keys;
    this.timeline = timeline;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateGrant",
        Operation.write(
            this::create,
            "KeyId",
            "GranteePrincipal",
            "GranteeServicePrincipal",
            "RetiringPrincipal",
            "RetiringServicePrincipal",
            "Operations",
            "Constraints",
            "Name",
            "DryRun"));
    operations.put(
        "ListGrants",
        Operation.read(
            this::list,
            "KeyId",
            "GrantId",
            "GranteePrincipal",
            "GranteeServicePrincipal",
            "Limit",
            "Marker"));
    operations.put(
        "ListRetirableGrants",
        Operation.read(this::listRetirable, "RetiringPrincipal", "Limit", "Marker"));
    operations.put("RevokeGrant", Operation.write(this::revoke, "KeyId", "GrantId", "DryRun"));
    operations.put(
        "RetireGrant", Operation.write(this::retire, "GrantToken", "KeyId", "GrantId", "DryRun"));
  }

  private Map<String, Object> create(AwsRequest request) {
    KmsKey key = keys.byIdOrArn(request);
    StateRules.requireGrantable(key);
    List<String> operations = Grants.operations(request.params(), key);
    Map<String, Object> asked = Grants.asked(request.params(), key);
    KeyUse.refuseDryRun(request);
    Grant grant =
        key.grants.values().stream()
            .filter(g -> g.get("Name").isPresent() && g.isSameAs(operations, asked))
            .findFirst()
            .orElseGet(() -> add(key, operations, asked));
    String token = random(64);
    grant.tokens().add(token);
    return Map.of("GrantId", grant.id(), "GrantToken", token);
  }

  Grant add(KmsKey key, List<String> operations, Map<String, Object> asked) {
    if (key.grants.size() >= MOST_PER_KEY) {
      throw AwsError.badRequest(
          "LimitExceededException", key.arn + " has " + MOST_PER_KEY + " grants already.");
    }
    Grant grant = new Grant(random(32), timeline.now(), operations, asked, new HashSet<>());
    key.grants.put(grant.id(), grant);
    return grant;
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private Map<String, Object> list(AwsRequest request) {
    Params params = request.params();
    KmsKey key = keys.byIdOrArn(request);
    List<Map<String, Object>> entries =
        key.grants.values().stream()
            .filter(g -> params.text("GrantId").map(g.id()::equals).orElse(true))
            .filter(g -> isAsAsked(params, g, "GranteePrincipal"))
            .filter(g -> isAsAsked(params, g, "GranteeServicePrincipal"))
            .map(g -> entry(key, g))
            .toList();
    return KmsRules.page(params, "Grants", entries, 50, 100);
  }

  private static boolean isAsAsked(Params params, Grant grant, String name) {
    Optional<String> wanted = params.text(name);
    return wanted.isEmpty() || grant.get(name).equals(Optional.of(wanted.get()));
  }

  private Map<String, Object> listRetirable(AwsRequest request) {
    String principal = request.params().required("RetiringPrincipal");
    List<Map<String, Object>> entries =
        keys.in(request.region()).stream()
            .flatMap(
                key ->
                    key.grants.values().stream()
                        .filter(g -> g.get("RetiringPrincipal").equals(Optional.of(principal)))
                        .map(g -> entry(key, g)))
            .toList();
    return KmsRules.page(request.params(), "Grants", entries, 50, 100);
  }

  private static Map<String, Object> entry(KmsKey key, Grant grant) {
    Map<String, Object> entry = new LinkedHashMap<>(grant.asked());
    entry.put("KeyId", key.arn);
    entry.put("GrantId", grant.id());
    entry.put("CreationDate", KmsRules.seconds(grant.createdAt()));
    entry.put("IssuingAccount", "arn:aws:iam::" + key.accountId + ":root");
    entry.put("Operations", grant.operations());
    return entry;
  }

  private Map<String, Object> revoke(AwsRequest request) {
    KmsKey key = keys.byIdOrArn(request);
    remove(request, key, request.params().required("GrantId"));
    return Map.of();
  }

  private Map<String, Object> retire(AwsRequest request) {
    Params params = request.params();
    if (params.has("GrantToken")) {
      if (params.has("KeyId") || params.has("GrantId")) {
        throw KmsRules.validation("Either a grant token or a key and a grant id must be given.");
      }
      retireByToken(request, params.required("GrantToken"));
    } else {
      KmsKey key = keys.byIdOrArn(request);
      remove(request, key, params.required("GrantId"));
    }
    return Map.of();
  }

  private void retireByToken(AwsRequest request, String token) {
    for (KmsKey key : keys.in(request.region())) {
      for (Grant grant : key.grants.values()) {
        if (grant.tokens().contains(token)) {
          remove(request, key, grant.id());
          return;
        }
      }
    }
    throw AwsError.badRequest("InvalidGrantTokenException", "No grant has this token.");
  }

  private static void remove(AwsRequest request, KmsKey key, String grantId) {
    if (!grantId.matches("[0-9a-f]{64}")) {
      throw AwsError.badRequest("InvalidGrantIdException", "Invalid grant id: " + grantId);
    }
    if (!key.grants.containsKey(grantId)) {
      throw AwsError.badRequest(
          "NotFoundException", "Grant ID " + grantId + " not found on " + key.arn + ".");
    }
    KeyUse.refuseDryRun(request);
    key.grants.remove(grantId);
  }
}
