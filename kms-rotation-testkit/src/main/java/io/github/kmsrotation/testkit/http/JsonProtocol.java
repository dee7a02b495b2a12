package io.github.kmsrotation.testkit.http;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * AWS JSON 1.1, and 1.0, which differs in the content type.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html">AWS JSON 1.1</a>
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html">AWS JSON 1.0</a>
 */
public final class JsonProtocol implements WireProtocol {

  private final String targetPrefix;
  private final String version;

  /**
   * AWS JSON 1.1.
   *
   * @param targetPrefix what {@code X-Amz-Target} begins with, for example {@code TrentService}
   */
  public JsonProtocol(String targetPrefix) {
    this(targetPrefix, "1.1");
  }

  private JsonProtocol(String targetPrefix, String version) {
    this.targetPrefix = targetPrefix + ".";
    this.version = version;
  }

  /**
   * AWS JSON 1.0.
   *
   * @param targetPrefix what {@code X-Amz-Target} begins with, for example {@code
   *     DynamoDB_20120810}
   * @return the protocol
   */
  public static JsonProtocol version10(String targetPrefix) {
    return new JsonProtocol(targetPrefix, "1.0");
  }

  @Override
  public Incoming read(Headers headers, byte[] body) throws IOException {
    String target = headers.getFirst("X-Amz-Target");
    if (target == null || !target.startsWith(targetPrefix)) {
      throw unknownOperation(String.valueOf(target));
    }
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      Map<String, Object> values = text.isBlank() ? Map.of() : JSON.std.mapFrom(text);
      values.values().removeIf(value -> value == null);
      return new Incoming(
          target.substring(targetPrefix.length()), new Params(values, "ValidationException"));
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw AwsError.badRequest("SerializationException", "The body is not JSON.");
    }
  }

  @Override
  public byte[] answer(String operation, Map<String, Object> answer, String requestId)
      throws IOException {
    return JSON.std.asBytes(answer);
  }

  @Override
  public byte[] error(AwsError error, String requestId) throws IOException {
    return JSON.std.asBytes(Map.of("__type", error.code(), "message", error.text()));
  }

  @Override
  public String contentType() {
    return "application/x-amz-json-" + version;
  }

  @Override
  public String throttlingCode() {
    return "ThrottlingException";
  }

  @Override
  public AwsError unknownOperation(String operation) {
    return AwsError.badRequest("UnknownOperationException", "Unknown operation: " + operation);
  }
}
