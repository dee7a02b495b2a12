package io.github.kmsrotation.testkit.s3;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Metadata that is not US-ASCII: decoded before it is stored, encoded when it is returned. A byte
 * that is not US-ASCII is taken for a character of ISO 8859-1.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata">User-defined
 *     object metadata</a>
 */
final class Rfc2047 {

  private static final Pattern WORD =
      Pattern.compile("=\\?([A-Za-z0-9_-]+)\\?([bBqQ])\\?([^?]*)\\?=");
  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("(?<=\\?=)\\s+(?==\\?[A-Za-z0-9_-]+\\?[bBqQ]\\?)");

  private Rfc2047() {}

  static String decode(String value) {
    if (!value.contains("=?")) {
      return value;
    }
    Matcher word = WORD.matcher(BETWEEN_WORDS.matcher(value).replaceAll(""));
    return word.replaceAll(found -> Matcher.quoteReplacement(word(found)));
  }

  private static String word(java.util.regex.MatchResult found) {
    try {
      Charset charset = Charset.forName(found.group(1));
      byte[] bytes =
          found.group(2).toUpperCase(Locale.ROOT).equals("B")
              ? Base64.getDecoder().decode(found.group(3))
              : unquoted(found.group(3));
      return new String(bytes, charset);
    } catch (IllegalArgumentException e) {
      return found.group();
    }
  }

  private static byte[] unquoted(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '=' && i + 2 < text.length()) {
        out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(c == '_' ? ' ' : c);
      }
    }
    return out.toByteArray();
  }

  static String encode(String value) {
    if (value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      return value;
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(utf8) + "?=";
  }
}
