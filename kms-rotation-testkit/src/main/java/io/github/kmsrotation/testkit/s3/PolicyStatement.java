package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A statement that denies: for every principal, with actions, resources, and conditions of a few
 * operators and keys. Any other is not modelled, so that no policy is stored that would be
 * evaluated wrongly.
 *
 * @param actions patterns
 * @param resources patterns
 * @param conditions all of which have to hold
 */
record PolicyStatement(List<Pattern> actions, List<Pattern> resources, List<Condition> conditions) {

  /** What AWS fills in for all requests of S3, and the encryption that a request asks for. */
  private static final Set<String> KEYS =
      Set.of(
          "s3:x-amz-server-side-encryption",
          "s3:x-amz-server-side-encryption-aws-kms-key-id",
          "s3:x-amz-server-side-encryption-customer-algorithm",
          "s3:x-amz-storage-class",
          "s3:x-amz-acl",
          "aws:securetransport");

  private static final Set<String> OPERATORS =
      Set.of(
          "StringEquals",
          "StringNotEquals",
          "StringEqualsIgnoreCase",
          "StringNotEqualsIgnoreCase",
          "StringLike",
          "StringNotLike",
          "ArnEquals",
          "ArnNotEquals",
          "ArnLike",
          "ArnNotLike",
          "Bool",
          "Null");

  /** A condition: an operator, a key, and the values of which one has to match. */
  record Condition(String operator, boolean ifExists, String key, List<String> values) {

    boolean holds(Function<String, Optional<String>> request) {
      Optional<String> given = request.apply(key);
      if (operator.equals("Null")) {
        return values.contains(Boolean.toString(given.isEmpty()));
      }
      boolean isNegated = operator.contains("Not");
      if (given.isEmpty()) {
        return ifExists || isNegated;
      }
      return isNegated != values.stream().anyMatch(value -> matches(value, given.get()));
    }

    private boolean matches(String value, String given) {
      if (operator.endsWith("Like") || operator.startsWith("Arn")) {
        return glob(value, 0).matcher(given).matches();
      }
      boolean ignoresCase = operator.endsWith("IgnoreCase") || operator.equals("Bool");
      return ignoresCase ? value.equalsIgnoreCase(given) : value.equals(given);
    }
  }

  static Optional<PolicyStatement> deny(Map<?, ?> statement, String bucket, String accountId) {
    Object effect = statement.get("Effect");
    if (!"Deny".equals(effect) && !"Allow".equals(effect)) {
      throw BucketPolicy.malformed("Invalid effect: " + effect);
    }
    List<String> resources = texts(statement.get("Resource"));
    for (String resource : resources) {
      if (!resource.equals("*") && !resource.startsWith("arn:aws:s3:::" + bucket)) {
        throw BucketPolicy.malformed("Policy has invalid resource");
      }
    }
    if ("Allow".equals(effect)) {
      return Optional.empty();
    }
    if (!isEverybody(statement.get("Principal"), accountId)) {
      throw AwsError.notModelled("a bucket policy that denies a Principal other than all");
    }
    return Optional.of(
        new PolicyStatement(
            texts(statement.get("Action")).stream()
                .map(a -> glob(a, Pattern.CASE_INSENSITIVE))
                .toList(),
            resources.stream().map(r -> glob(r, 0)).toList(),
            conditions(statement.get("Condition"))));
  }

  /** Whether it allows everybody something, on no condition. */
  static boolean isPublic(Map<?, ?> statement) {
    Object principal = statement.get("Principal");
    Object whom = principal instanceof Map<?, ?> map ? map.get("AWS") : principal;
    return "Allow".equals(statement.get("Effect"))
        && statement.get("Condition") == null
        && whom != null
        && BucketPolicy.list(whom).contains("*");
  }

  private static boolean isEverybody(
      @org.jspecify.annotations.Nullable Object principal, String accountId) {
    List<String> all = List.of("*", accountId, "arn:aws:iam::" + accountId + ":root");
    Object whom = principal instanceof Map<?, ?> map ? map.get("AWS") : principal;
    return whom != null
        && BucketPolicy.list(whom).stream().anyMatch(w -> all.contains(String.valueOf(w)));
  }

  private static List<Condition> conditions(@org.jspecify.annotations.Nullable Object block) {
    List<Condition> conditions = new ArrayList<>();
    if (block instanceof Map<?, ?> operators) {
      operators.forEach(
          (operator, keys) -> {
            if (!(keys instanceof Map<?, ?> map)) {
              throw BucketPolicy.malformed("Conditions must be JSON objects");
            }
            map.forEach(
                (key, values) ->
                    conditions.add(condition(operator.toString(), key.toString(), values)));
          });
    }
    return conditions;
  }

  private static Condition condition(String name, String keyAsWritten, Object values) {
    boolean ifExists = name.endsWith("IfExists");
    String operator = ifExists ? name.substring(0, name.length() - "IfExists".length()) : name;
    String key = keyAsWritten.toLowerCase(Locale.ROOT);
    if (!OPERATORS.contains(operator) || !KEYS.contains(key)) {
      throw AwsError.notModelled("a bucket policy that denies by " + name + " of " + keyAsWritten);
    }
    return new Condition(operator, ifExists, key, texts(values));
  }

  private static List<String> texts(@org.jspecify.annotations.Nullable Object value) {
    return BucketPolicy.list(value).stream().map(String::valueOf).toList();
  }

  private static Pattern glob(String text, int flags) {
    String regex =
        text.chars()
            .mapToObj(
                c ->
                    switch (c) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(c));
                    })
            .collect(Collectors.joining());
    return Pattern.compile(regex, flags | Pattern.DOTALL);
  }

  boolean applies(
      String action, String resource, Function<String, Optional<String>> requestConditions) {
    return actions.stream().anyMatch(pattern -> pattern.matcher(action).matches())
        && resources.stream().anyMatch(pattern -> pattern.matcher(resource).matches())
        && conditions.stream().allMatch(condition -> condition.holds(requestConditions));
  }
}
