package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The headers that are stored with an object: what HTTP knows, and the user's metadata.
 *
 * @param system by name as HTTP writes it
 * @param metadata by name without {@code x-amz-meta-}, in lower case
 */
record ObjectHeaders(Map<String, String> system, Map<String, String> metadata) {

  private static final List<String> SYSTEM =
      List.of(
          "Content-Type",
          "Cache-Control",
          "Content-Disposition",
          "Content-Encoding",
          "Content-Language",
          "Expires");

  private static final String PREFIX = "x-amz-meta-";
  private static final int MOST_METADATA = 2048;
  private static final int MOST_SHARED = 10_000;

  /** Of a million objects most have the same few headers. */
  private static final Map<ObjectHeaders, ObjectHeaders> SHARED = new ConcurrentHashMap<>();

  static ObjectHeaders of(S3Request request) {
    Map<String, String> system = new LinkedHashMap<>();
    for (String name : SYSTEM) {
      request.header(name).ifPresent(value -> system.put(name, value));
    }
    Optional.ofNullable(system.remove("Content-Encoding"))
        .map(ObjectHeaders::withoutAwsChunked)
        .filter(coding -> !coding.isEmpty())
        .ifPresent(coding -> system.put("Content-Encoding", coding));
    system.putIfAbsent("Content-Type", "binary/octet-stream");
    Map<String, String> metadata = new TreeMap<>();
    request
        .rest()
        .headers()
        .forEach(
            (name, values) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (lower.startsWith(PREFIX)) {
                metadata.put(
                    lower.substring(PREFIX.length()), Rfc2047.decode(String.join(",", values)));
              }
            });
    requireSmall(metadata);
    return new ObjectHeaders(Map.copyOf(system), Map.copyOf(metadata)).shared();
  }

  /** The transfer's encoding is not the object's. */
  private static String withoutAwsChunked(String codings) {
    return Stream.of(codings.split(","))
        .map(String::strip)
        .filter(coding -> !coding.equals("aws-chunked"))
        .collect(Collectors.joining(","));
  }

  private static void requireSmall(Map<String, String> metadata) {
    int size =
        metadata.entrySet().stream().mapToInt(e -> utf8(e.getKey()) + utf8(e.getValue())).sum();
    if (size > MOST_METADATA) {
      throw AwsError.badRequest(
          "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
    }
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private ObjectHeaders shared() {
    if (SHARED.size() > MOST_SHARED) {
      return SHARED.getOrDefault(this, this);
    }
    ObjectHeaders known = SHARED.putIfAbsent(this, this);
    return known == null ? this : known;
  }

  void putInto(Map<String, String> headers) {
    headers.putAll(system);
    metadata.forEach((name, value) -> headers.put(PREFIX + name, Rfc2047.encode(value)));
  }
}
