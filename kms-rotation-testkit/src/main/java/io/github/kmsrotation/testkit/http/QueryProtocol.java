package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * AWS Query: forms in, XML out.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-query-protocol.html">AWS Query</a>
 */
public final class QueryProtocol implements WireProtocol {

  private final String namespace;
  private final String version;

  /**
   * A list in an answer.
   *
   * @param item the name of each element
   * @param values the values
   */
  public record XmlList(String item, List<?> values) {
    /** Copies the values. */
    public XmlList {
      values = List.copyOf(values);
    }
  }

  /**
   * @param namespace the XML namespace of answers
   * @param version the API version that callers have to name
   */
  public QueryProtocol(String namespace, String version) {
    this.namespace = namespace;
    this.version = version;
  }

  @Override
  public Incoming read(Headers headers, byte[] body) {
    Map<String, String> form = form(new String(body, StandardCharsets.UTF_8));
    String action = form.remove("Action");
    String asked = form.remove("Version");
    if (action == null) {
      throw AwsError.badRequest("MissingAction", "The request must contain the parameter Action.");
    }
    if (!version.equals(asked)) {
      throw unknownOperation(action);
    }
    return new Incoming(
        action, new Params(tree(form, QueryProtocol::listsOf), "InvalidParameterValue"));
  }

  static Map<String, String> form(String body) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /**
   * Turns {@code Tags.Tag.1.Key=a} into structures, and those that are lists into lists.
   *
   * @param lists makes a list of a structure that is one in that protocol
   */
  static Map<String, Object> tree(Map<String, String> form, UnaryOperator<Object> lists) {
    Map<String, Object> root = new LinkedHashMap<>();
    form.forEach((name, value) -> put(root, name.split("\\.", -1), 0, value));
    root.replaceAll((name, value) -> lists.apply(value));
    return root;
  }

  @SuppressWarnings("unchecked") // only maps are put where further parts of a name follow
  private static void put(Map<String, Object> map, String[] parts, int index, String value) {
    if (index == parts.length - 1) {
      map.put(parts[index], value);
    } else {
      put(
          (Map<String, Object>) map.computeIfAbsent(parts[index], k -> new LinkedHashMap<>()),
          parts,
          index + 1,
          value);
    }
  }

  /** A list is the only member of its parent: {@code Tags.Tag.1} is the first of {@code Tags}. */
  private static Object listsOf(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    if (map.size() == 1 && map.values().iterator().next() instanceof Map<?, ?> items) {
      if (items.keySet().stream().allMatch(key -> key.toString().matches("[0-9]+"))) {
        TreeMap<Integer, Object> sorted = new TreeMap<>();
        items.forEach((key, item) -> sorted.put(Integer.valueOf(key.toString()), listsOf(item)));
        return new ArrayList<>(sorted.values());
      }
    }
    Map<String, Object> structure = new LinkedHashMap<>();
    map.forEach((key, item) -> structure.put(key.toString(), listsOf(item)));
    return structure;
  }

  @Override
  public byte[] answer(String operation, Map<String, Object> answer, String requestId)
      throws IOException {
    return xml(
        writer -> {
          writer.writeStartElement(operation + "Response");
          writer.writeDefaultNamespace(namespace);
          writer.writeStartElement(operation + "Result");
          structure(writer, answer);
          writer.writeEndElement();
          writer.writeStartElement("ResponseMetadata");
          element(writer, "RequestId", requestId);
          writer.writeEndElement();
          writer.writeEndElement();
        });
  }

  @Override
  public byte[] error(AwsError error, String requestId) throws IOException {
    return xml(
        writer -> {
          writer.writeStartElement("ErrorResponse");
          writer.writeDefaultNamespace(namespace);
          writer.writeStartElement("Error");
          element(writer, "Type", error.status() < 500 ? "Sender" : "Receiver");
          element(writer, "Code", error.code());
          element(writer, "Message", error.text());
          writer.writeEndElement();
          element(writer, "RequestId", requestId);
          writer.writeEndElement();
        });
  }

  interface Document {
    void write(XMLStreamWriter writer) throws XMLStreamException;
  }

  static byte[] xml(Document document) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      XMLStreamWriter writer = XMLOutputFactory.newInstance().createXMLStreamWriter(bytes, "UTF-8");
      writer.writeStartDocument("UTF-8", "1.0");
      document.write(writer);
      writer.writeEndDocument();
      writer.close();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
    return bytes.toByteArray();
  }

  static void structure(XMLStreamWriter writer, Map<?, ?> values) throws XMLStreamException {
    for (Map.Entry<?, ?> value : values.entrySet()) {
      element(writer, value.getKey().toString(), value.getValue());
    }
  }

  static void element(XMLStreamWriter writer, String name, Object value) throws XMLStreamException {
    writer.writeStartElement(name);
    if (value instanceof Map<?, ?> map) {
      structure(writer, map);
    } else if (value instanceof XmlList list) {
      for (Object item : list.values()) {
        element(writer, list.item(), item);
      }
    } else {
      writer.writeCharacters(value.toString());
    }
    writer.writeEndElement();
  }

  @Override
  public String contentType() {
    return "text/xml";
  }

  @Override
  public String throttlingCode() {
    return "Throttling";
  }

  @Override
  public AwsError unknownOperation(String operation) {
    return AwsError.badRequest(
        "InvalidAction", "Could not find operation " + operation + " for version " + version);
  }
}
