package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * EC2 Query: AWS Query with lists that have no wrapper, answers without one, and errors of its own.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html">EC2 Query</a>
 */
public final class Ec2Protocol implements WireProtocol {

  private static final String VERSION = "2016-11-15";
  private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/" + VERSION + "/";

  /** Made once; it keeps nothing. */
  public Ec2Protocol() {}

  @Override
  public Incoming read(Headers headers, byte[] body) {
    Map<String, String> form = QueryProtocol.form(new String(body, StandardCharsets.UTF_8));
    String action = form.remove("Action");
    String asked = form.remove("Version");
    if (action == null) {
      throw AwsError.badRequest("MissingAction", "The request must contain the parameter Action.");
    }
    if (!VERSION.equals(asked)) {
      throw unknownOperation(action);
    }
    return new Incoming(
        action,
        new Params(QueryProtocol.tree(form, Ec2Protocol::listsOf), "InvalidParameterValue"));
  }

  /** {@code Filter.1.Value.1} is the first value of the first filter. */
  private static Object listsOf(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    if (map.keySet().stream().allMatch(key -> key.toString().matches("[0-9]+"))) {
      TreeMap<Integer, Object> sorted = new TreeMap<>();
      map.forEach((key, item) -> sorted.put(Integer.valueOf(key.toString()), listsOf(item)));
      return new ArrayList<>(sorted.values());
    }
    Map<String, Object> structure = new LinkedHashMap<>();
    map.forEach((key, item) -> structure.put(key.toString(), listsOf(item)));
    return structure;
  }

  @Override
  public byte[] answer(String operation, Map<String, Object> answer, String requestId)
      throws IOException {
    return QueryProtocol.xml(
        writer -> {
          writer.writeStartElement(operation + "Response");
          writer.writeDefaultNamespace(NAMESPACE);
          QueryProtocol.element(writer, "requestId", requestId);
          QueryProtocol.structure(writer, answer);
          writer.writeEndElement();
        });
  }

  @Override
  public byte[] error(AwsError error, String requestId) throws IOException {
    return QueryProtocol.xml(
        writer -> {
          writer.writeStartElement("Response");
          writer.writeStartElement("Errors");
          QueryProtocol.element(
              writer, "Error", Map.of("Code", error.code(), "Message", error.text()));
          writer.writeEndElement();
          QueryProtocol.element(writer, "RequestID", requestId);
          writer.writeEndElement();
        });
  }

  @Override
  public String contentType() {
    return "text/xml;charset=UTF-8";
  }

  @Override
  public String throttlingCode() {
    return "RequestLimitExceeded";
  }

  @Override
  public AwsError unknownOperation(String operation) {
    return AwsError.badRequest(
        "InvalidAction", "The action " + operation + " is not valid for this web service.");
  }
}
