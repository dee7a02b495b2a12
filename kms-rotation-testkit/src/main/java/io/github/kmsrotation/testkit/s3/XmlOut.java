package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Writes the XML of an answer. Not safe for use by several threads. */
public final class XmlOut {

  private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

  private final StringBuilder out =
      new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  private final String root;

  private XmlOut(String root, String attributes) {
    this.root = root;
    out.append('<').append(root).append(attributes).append('>');
  }

  static XmlOut of(String root) {
    return of(root, NAMESPACE);
  }

  /**
   * Begins.
   *
   * @param root the outermost element
   * @param namespace its namespace
   * @return what to go on with
   */
  public static XmlOut of(String root, String namespace) {
    return new XmlOut(root, " xmlns=\"" + namespace + "\"");
  }

  static XmlOut withoutNamespace(String root) {
    return new XmlOut(root, "");
  }

  /**
   * Opens an element.
   *
   * @param name its name
   * @return this
   */
  public XmlOut open(String name) {
    out.append('<').append(name).append('>');
    return this;
  }

  /** Opens an element of a type, as grantees have. */
  XmlOut open(String name, String type) {
    out.append('<')
        .append(name)
        .append(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"")
        .append(type)
        .append("\">");
    return this;
  }

  /**
   * Closes an element.
   *
   * @param name its name
   * @return this
   */
  public XmlOut close(String name) {
    out.append("</").append(name).append('>');
    return this;
  }

  /**
   * An element with a text.
   *
   * @param name its name
   * @param value its text
   * @return this
   */
  public XmlOut put(String name, Object value) {
    open(name);
    escape(value.toString());
    return close(name);
  }

  /**
   * An element with a text, if there is any.
   *
   * @param name its name
   * @param value its text
   * @return this
   */
  public XmlOut put(String name, Optional<?> value) {
    value.ifPresent(v -> put(name, v));
    return this;
  }

  XmlOut text(String text) {
    escape(text);
    return this;
  }

  /**
   * An element as it came in a request.
   *
   * @param xml the element
   * @return this
   */
  public XmlOut put(Xml xml) {
    if (xml.type().isPresent()) {
      open(xml.name(), xml.type().get());
    } else {
      open(xml.name());
    }
    return content(xml).close(xml.name());
  }

  XmlOut content(Xml xml) {
    if (xml.children().isEmpty()) {
      escape(xml.text());
    }
    xml.children().forEach(this::put);
    return this;
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        default -> {
          if (c < 0x20) {
            out.append("&#x").append(Integer.toHexString(c)).append(';');
          } else {
            out.append(c);
          }
        }
      }
    }
  }

  /**
   * Ends.
   *
   * @return all of it
   */
  public byte[] bytes() {
    return (out + "</" + root + ">").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Ends.
   *
   * @param status the HTTP status
   * @param headers more headers than the content type
   * @return an answer
   */
  public RestAnswer answer(int status, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", "application/xml");
    return RestAnswer.of(status, all, bytes());
  }

  RestAnswer answer() {
    return answer(200, Map.of());
  }
}
