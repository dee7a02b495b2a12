package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tags of objects and buckets.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html">Object
 *     tagging</a>
 */
final class TagSet {

  static final int MOST_OF_OBJECT = 10;
  static final int MOST_OF_BUCKET = 50;
  private static final int LONGEST_KEY = 128;
  private static final int LONGEST_VALUE = 256;

  private TagSet() {}

  /** Tags of a header, written like a query. */
  static Map<String, String> ofHeader(String header) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (String pair : header.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        put(tags, decode(key), equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    return checked(tags, MOST_OF_OBJECT);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw S3Errors.invalidArgument(
          "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query"
              + " parameters without tag name duplicates.",
          "x-amz-tagging",
          text);
    }
  }

  static Map<String, String> ofXml(Xml tagging, int most) {
    Map<String, String> tags = new LinkedHashMap<>();
    Xml set = tagging.allow("TagSet").child("TagSet").orElseThrow(S3Errors::malformedXml);
    for (Xml tag : set.allow("Tag").all("Tag")) {
      put(tags, tag.required("Key"), tag.required("Value"));
    }
    return checked(tags, most);
  }

  private static void put(Map<String, String> tags, String key, String value) {
    if (tags.put(key, value) != null) {
      throw invalid("Cannot provide multiple Tags with the same key");
    }
  }

  private static Map<String, String> checked(Map<String, String> tags, int most) {
    if (tags.size() > most) {
      throw AwsError.badRequest("BadRequest", "Object tags cannot be greater than " + most);
    }
    tags.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > LONGEST_KEY) {
            throw invalid("The TagKey you have provided is invalid");
          }
          if (value.length() > LONGEST_VALUE) {
            throw invalid("The TagValue you have provided is invalid");
          }
          if (key.startsWith("aws:")) {
            throw invalid("System tags cannot be added/updated by requester");
          }
        });
    return Map.copyOf(tags);
  }

  private static AwsError invalid(String message) {
    return AwsError.badRequest("InvalidTag", message);
  }

  static XmlOut xml(Map<String, String> tags) {
    XmlOut out = XmlOut.of("Tagging").open("TagSet");
    tags.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            tag ->
                out.open("Tag").put("Key", tag.getKey()).put("Value", tag.getValue()).close("Tag"));
    return out.close("TagSet");
  }
}
