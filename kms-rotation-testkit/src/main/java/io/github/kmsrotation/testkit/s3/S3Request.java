package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request to Amazon S3, with its address taken apart: path-style, or the bucket in the host name
 * before {@code .localhost} or {@code .s3.}.
 *
 * @param rest the request
 * @param bucket its bucket; empty if there is none
 * @param key its key; empty if there is none
 */
record S3Request(RestRequest rest, String bucket, String key) {

  private static final Pattern HOST = Pattern.compile("(.+?)\\.(localhost|s3[.-].+?)(:[0-9]+)?");
  private static final int MOST_XML = 16 * 1024 * 1024;
  private static final int MOST_KEY = 1024;

  static S3Request of(RestRequest rest) {
    String path = rest.rawPath().substring(Math.min(1, rest.rawPath().length()));
    Matcher host = HOST.matcher(rest.header("Host").orElse(""));
    if (host.matches()) {
      return new S3Request(rest, host.group(1), decode(path));
    }
    int slash = path.indexOf('/');
    if (slash < 0) {
      return new S3Request(rest, decode(path), "");
    }
    return new S3Request(rest, decode(path.substring(0, slash)), decode(path.substring(slash + 1)));
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw AwsError.badRequest("InvalidURI", "Couldn't parse the specified URI.");
    }
  }

  Optional<String> header(String name) {
    return rest.header(name);
  }

  Optional<String> query(String name) {
    return rest.query(name);
  }

  Optional<String> versionId() {
    Optional<String> id = query("versionId");
    if (id.equals(Optional.of(""))) {
      throw S3Errors.invalidArgument("Version id cannot be the empty string", "versionId", "");
    }
    return id;
  }

  boolean truth(String header) {
    return header(header).map("true"::equalsIgnoreCase).orElse(false);
  }

  void requireLegalKey() {
    if (key.getBytes(StandardCharsets.UTF_8).length > MOST_KEY) {
      throw AwsError.badRequest("KeyTooLongError", "Your key is too long")
          .with("MaxSizeAllowed", Integer.toString(MOST_KEY));
    }
  }

  /** The XML of the body, whose integrity has to be stated, and is checked. */
  Xml xml(String root) throws IOException {
    return parsed(body(), root);
  }

  /**
   * The XML of the body of operations for which AWS asks for no checksum, such as those of ACLs.
   */
  Xml xmlWithoutChecksum(String root) throws IOException {
    return parsed(read(Integrity.of(this)), root);
  }

  private static Xml parsed(byte[] body, String root) {
    if (body.length == 0) {
      throw AwsError.badRequest("MissingRequestBodyError", "Request Body is empty");
    }
    return Xml.parse(body, root);
  }

  /** The whole body, for operations that require its checksum. */
  byte[] body() throws IOException {
    Integrity integrity = Integrity.of(this);
    if (!integrity.isStated()) {
      throw S3Errors.invalidRequest(
          "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
    }
    return read(integrity);
  }

  private static byte[] read(Integrity integrity) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    integrity.read(out, MOST_XML);
    return out.toByteArray();
  }

  Map<String, String> queries() {
    return rest.query();
  }
}
