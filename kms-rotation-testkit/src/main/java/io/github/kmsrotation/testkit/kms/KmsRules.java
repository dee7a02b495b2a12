package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How AWS KMS reads parameters, refuses them, and pages. */
final class KmsRules {

  private static final int MOST_IN_A_PAGE = 1000;

  private KmsRules() {}

  static AwsError validation(String message) {
    return AwsError.badRequest("ValidationException", message);
  }

  static AwsError unsupported(String message) {
    return AwsError.badRequest("UnsupportedOperationException", message);
  }

  static AwsError unsupported(KmsKey key) {
    return unsupported("The operation is not supported for " + key.arn + ".");
  }

  static void checkRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw validation(
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

  static void checkLength(String name, String value, int least, int most) {
    if (value.length() < least || value.length() > most) {
      throw validation(
          "1 validation error detected: Value at '"
              + name
              + "' failed to satisfy constraint: Member must have length between "
              + least
              + " and "
              + most);
    }
  }

  static void checkPattern(String name, String value, String pattern) {
    if (!value.matches(pattern)) {
      throw validation(
          "1 validation error detected: Value at '"
              + name
              + "' failed to satisfy constraint: Member must satisfy regular expression pattern: "
              + pattern);
    }
  }

  static String checkOneOf(String name, String value, Collection<String> allowed) {
    if (!allowed.contains(value)) {
      throw validation(
          "1 validation error detected: Value '"
              + value
              + "' at '"
              + name
              + "' failed to satisfy constraint: Member must satisfy enum value set: "
              + allowed);
    }
    return value;
  }

  static byte[] blob(Params params, String name, int most) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(params.required(name));
    } catch (IllegalArgumentException e) {
      throw AwsError.badRequest("SerializationException", name + " is not base64");
    }
    if (bytes.length == 0 || bytes.length > most) {
      throw validation(name + " must have 1 to " + most + " bytes");
    }
    return bytes;
  }

  static String blob(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static Instant instant(String name, String seconds) {
    try {
      return Instant.ofEpochMilli(new BigDecimal(seconds).movePointRight(3).longValue());
    } catch (NumberFormatException e) {
      throw AwsError.badRequest("SerializationException", name + " is not a timestamp");
    }
  }

  static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1000.0;
  }

  /** A page of a list, by {@code Limit} and {@code Marker}. */
  static Map<String, Object> page(Params params, String name, List<Map<String, Object>> all) {
    return page(params, name, all, 100, MOST_IN_A_PAGE);
  }

  static Map<String, Object> page(
      Params params, String name, List<?> all, int usualLimit, int mostLimit) {
    int limit = params.number("Limit").orElse(usualLimit);
    checkRange("limit", limit, 1, mostLimit);
    int from = marker(params, all.size());
    int to = Math.min(all.size(), from + limit);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put(name, all.subList(from, to));
    page.put("Truncated", to < all.size());
    if (to < all.size()) {
      page.put("NextMarker", Integer.toString(to));
    }
    return page;
  }

  private static int marker(Params params, int size) {
    try {
      int from = Integer.parseInt(params.text("Marker").orElse("0"));
      if (from >= 0) {
        return Math.min(from, size);
      }
    } catch (NumberFormatException e) {
      // told below, as for a negative one
    }
    throw AwsError.badRequest("InvalidMarkerException", "Invalid marker");
  }
}
