package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What all lists of keys have in common. */
record Paging(String prefix, Optional<String> delimiter, int most, boolean isEncoded) {

  static final int MOST = 1000;

  static Paging of(S3Request request, String mostName) {
    Optional<String> encoding = request.query("encoding-type");
    if (encoding.isPresent() && !encoding.get().equals("url")) {
      throw AwsError.badRequest("InvalidArgument", "Invalid Encoding Method specified in Request");
    }
    return new Paging(
        request.query("prefix").orElse(""),
        request.query("delimiter").filter(text -> !text.isEmpty()),
        Numbers.query(request, mostName, MOST, MOST),
        encoding.isPresent());
  }

  String encode(String text) {
    return isEncoded ? URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%2F", "/") : text;
  }

  /** What a key and others are told as together; empty if it is told by itself. */
  Optional<String> commonPrefix(String key) {
    if (delimiter.isEmpty()) {
      return Optional.empty();
    }
    int at = key.indexOf(delimiter.get(), prefix.length());
    return at < 0 ? Optional.empty() : Optional.of(key.substring(0, at + delimiter.get().length()));
  }
}
