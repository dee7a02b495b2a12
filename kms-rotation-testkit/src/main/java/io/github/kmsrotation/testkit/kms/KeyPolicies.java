package io.github.kmsrotation.testkit.kms;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The form of key policies, and the check that somebody can still change them. They are not
 * evaluated for anything else.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html">
 *     PutKeyPolicy</a>
 */
final class KeyPolicies {

  private static final int MOST_BYTES = 32 * 1024;
  private static final String CHARACTERS = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";

  private KeyPolicies() {}

  /** The policy that a key has if none is given. */
  static String byDefault(String accountId) {
    return """
    {
      "Version" : "2012-10-17",
      "Id" : "key-default-1",
      "Statement" : [ {
        "Sid" : "Enable IAM User Permissions",
        "Effect" : "Allow",
        "Principal" : {
          "AWS" : "arn:aws:iam::ACCOUNT:root"
        },
        "Action" : "kms:*",
        "Resource" : "*"
      } ]
    }\
    """
        .replace("ACCOUNT", accountId);
  }

  /** The policy that a request gives, checked. */
  static Optional<String> given(Params params, String accountId) {
    boolean bypass = params.truth("BypassPolicyLockoutSafetyCheck").orElse(false);
    Optional<String> policy = params.text("Policy");
    policy.ifPresent(text -> check(text, accountId, bypass));
    return policy;
  }

  private static void check(String policy, String accountId, boolean bypass) {
    if (policy.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      throw AwsError.badRequest(
          "LimitExceededException", "The key policy exceeds " + MOST_BYTES + " bytes.");
    }
    KmsRules.checkPattern("policy", policy, CHARACTERS);
    List<Map<?, ?>> statements = statements(parse(policy));
    statements.forEach(KeyPolicies::checkStatement);
    if (!bypass && statements.stream().noneMatch(s -> letsPolicyBeChanged(s, accountId))) {
      throw malformed(
          "The new key policy will not allow you to update the key policy in the future.");
    }
  }

  private static Map<String, Object> parse(String policy) {
    try {
      return JSON.std.mapFrom(policy);
    } catch (IOException e) {
      throw malformed("The policy is not a JSON object.");
    }
  }

  private static List<Map<?, ?>> statements(Map<String, Object> policy) {
    Object version = policy.getOrDefault("Version", "2008-10-17");
    if (!List.of("2012-10-17", "2008-10-17").contains(version)) {
      throw malformed("The policy's Version is not one that IAM knows.");
    }
    List<Map<?, ?>> statements =
        items(policy.get("Statement")).<Map<?, ?>>map(KeyPolicies::statement).toList();
    if (statements.isEmpty()) {
      throw malformed("The policy has no Statement.");
    }
    return statements;
  }

  private static Map<?, ?> statement(Object item) {
    if (item instanceof Map<?, ?> map) {
      return map;
    }
    throw malformed("A Statement is not an object.");
  }

  private static void checkStatement(Map<?, ?> statement) {
    if (!List.of("Allow", "Deny").contains(String.valueOf(statement.get("Effect")))) {
      throw malformed("A Statement's Effect is neither Allow nor Deny.");
    }
    boolean principals =
        statement.containsKey("NotPrincipal") || principals(statement).findAny().isPresent();
    if (!principals) {
      throw malformed("A Statement has no Principal.");
    }
  }

  /** A coarse check: callers have no identity here, so any principal of the account will do. */
  private static boolean letsPolicyBeChanged(Map<?, ?> statement, String accountId) {
    return "Allow".equals(statement.get("Effect"))
        && principals(statement)
            .anyMatch(
                p -> p.equals("*") || p.equals(accountId) || p.contains("::" + accountId + ":"))
        && items(statement.get("Action"))
            .anyMatch(action -> matches(String.valueOf(action), "kms:PutKeyPolicy"));
  }

  private static Stream<String> principals(Map<?, ?> statement) {
    Object principal = statement.get("Principal");
    Stream<?> values =
        principal instanceof Map<?, ?> map
            ? map.values().stream().flatMap(KeyPolicies::items)
            : items(principal);
    return values.map(String::valueOf);
  }

  private static Stream<?> items(@Nullable Object value) {
    if (value == null) {
      return Stream.empty();
    }
    return value instanceof List<?> list ? list.stream() : Stream.of(value);
  }

  private static boolean matches(String pattern, String action) {
    String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
    return action.matches("(?i)" + regex);
  }

  private static AwsError malformed(String message) {
    return AwsError.badRequest("MalformedPolicyDocumentException", message);
  }
}
