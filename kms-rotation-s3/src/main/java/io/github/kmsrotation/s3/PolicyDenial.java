package io.github.kmsrotation.s3;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a bucket policy that denies objects under the new key, or may.
 *
 * @param statement its {@code Sid}, or its number
 * @param action which of the run's actions it denies
 * @param isCertain whether it denies it to everybody, for every object and on no condition that
 *     depends on anything else
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html">Using
 *     server-side encryption with AWS KMS keys</a>, on requiring a key by policy
 */
record PolicyDenial(String statement, String action, boolean isCertain) {

  private static final List<String> ACTIONS = List.of("s3:UpdateObjectEncryption", "s3:PutObject");
  private static final String ENCRYPTION = "s3:x-amz-server-side-encryption";

  private enum Truth {
    YES,
    NO,
    DEPENDS
  }

  /**
   * Reads a policy.
   *
   * @return what denies; empty if the text is no policy that can be read
   */
  static Optional<List<PolicyDenial>> find(String policy, String bucket, String keyArn) {
    Map<String, Object> json;
    try {
      json = JSON.std.mapFrom(policy);
    } catch (IOException e) {
      return Optional.empty();
    }
    Map<String, String> request =
        Map.of(
            ENCRYPTION,
            "aws:kms",
            ENCRYPTION + "-aws-kms-key-id",
            keyArn,
            "aws:securetransport",
            "true");
    List<PolicyDenial> denials = new ArrayList<>();
    int number = 1;
    for (Object any : list(json.get("Statement"))) {
      if (any instanceof Map<?, ?> statement && "Deny".equals(statement.get("Effect"))) {
        String name = Objects.toString(statement.get("Sid"), "number " + number);
        denial(statement, name, bucket, request).ifPresent(denials::add);
      }
      number++;
    }
    return Optional.of(denials);
  }

  private static Optional<PolicyDenial> denial(
      Map<?, ?> statement, String name, String bucket, Map<String, String> request) {
    Truth conditions = conditions(statement.get("Condition"), request);
    Truth objects = objects(statement, bucket);
    if (conditions == Truth.NO || objects == Truth.NO) {
      return Optional.empty();
    }
    boolean isCertain =
        conditions == Truth.YES && objects == Truth.YES && isEverybody(statement.get("Principal"));
    return ACTIONS.stream()
        .filter(action -> names(statement, action))
        .findFirst()
        .map(action -> new PolicyDenial(name, action, isCertain));
  }

  private static boolean names(Map<?, ?> statement, String action) {
    return statement.containsKey("NotAction")
        ? texts(statement.get("NotAction")).stream().noneMatch(a -> isLike(a, action))
        : texts(statement.get("Action")).stream().anyMatch(a -> isLike(a, action));
  }

  private static Truth objects(Map<?, ?> statement, String bucket) {
    if (statement.containsKey("NotResource")) {
      return Truth.DEPENDS;
    }
    Truth truth = Truth.NO;
    for (String resource : texts(statement.get("Resource"))) {
      if (resource.equals("*") || resource.endsWith(":::" + bucket + "/*")) {
        return Truth.YES;
      }
      if (resource.contains("*") || resource.contains(":::" + bucket + "/")) {
        truth = Truth.DEPENDS;
      }
    }
    return truth;
  }

  private static boolean isEverybody(@Nullable Object principal) {
    Object whom = principal instanceof Map<?, ?> map ? map.get("AWS") : principal;
    return texts(whom).contains("*");
  }

  /** All have to hold, so one that does not decides it. */
  private static Truth conditions(@Nullable Object block, Map<String, String> request) {
    Truth all = Truth.YES;
    if (block instanceof Map<?, ?> operators) {
      for (Map.Entry<?, ?> operator : operators.entrySet()) {
        if (!(operator.getValue() instanceof Map<?, ?> keys)) {
          return Truth.DEPENDS;
        }
        for (Map.Entry<?, ?> key : keys.entrySet()) {
          Truth one = condition(operator.getKey().toString(), key, request);
          if (one == Truth.NO) {
            return one;
          }
          all = one == Truth.DEPENDS ? one : all;
        }
      }
    }
    return all;
  }

  private static Truth condition(
      String operatorAsWritten, Map.Entry<?, ?> condition, Map<String, String> request) {
    String given = request.get(condition.getKey().toString().toLowerCase(Locale.ROOT));
    String operator = operatorAsWritten.replaceFirst("IfExists$", "");
    List<String> values = texts(condition.getValue());
    if (given == null) {
      return Truth.DEPENDS;
    }
    if (operator.equals("Null")) {
      return truth(values.contains("false"));
    }
    if (!operator.matches("(String|Arn)(Not)?(Equals|Like)(IgnoreCase)?|Bool")) {
      return Truth.DEPENDS;
    }
    if (values.stream().anyMatch(value -> value.contains("${"))) {
      return Truth.DEPENDS;
    }
    boolean isPattern = operator.endsWith("Like") || operator.startsWith("Arn");
    boolean matches =
        values.stream().anyMatch(v -> isPattern ? isLike(v, given) : v.equalsIgnoreCase(given));
    return truth(matches != operator.contains("Not"));
  }

  private static Truth truth(boolean isTrue) {
    return isTrue ? Truth.YES : Truth.NO;
  }

  private static boolean isLike(String pattern, String text) {
    String regex =
        pattern
            .chars()
            .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
            .collect(Collectors.joining());
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
        .matcher(text)
        .matches();
  }

  private static List<String> texts(@Nullable Object value) {
    return list(value).stream().map(String::valueOf).toList();
  }

  private static List<?> list(@Nullable Object value) {
    return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
  }
}
