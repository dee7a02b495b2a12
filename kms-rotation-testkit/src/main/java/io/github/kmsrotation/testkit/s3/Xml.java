package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * An XML element of a request. Namespaces are not looked at.
 *
 * @param name its name
 * @param text its text, if it has no children
 * @param children its children
 * @param type what {@code xsi:type} says
 */
public record Xml(String name, String text, List<Xml> children, Optional<String> type) {

  private static final XMLInputFactory FACTORY = factory();

  /** Copies the children. */
  public Xml {
    children = List.copyOf(children);
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  /**
   * Reads a body.
   *
   * @param body XML
   * @param root the name that its outermost element has to have
   * @return the outermost element
   * @throws AwsError {@code MalformedXML}
   */
  public static Xml parse(byte[] body, String root) {
    Xml xml = parse(body);
    if (!xml.name().equals(root)) {
      throw S3Errors.malformedXml();
    }
    return xml;
  }

  private static Xml parse(byte[] body) {
    try {
      XMLStreamReader reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(body));
      while (reader.next() != XMLStreamConstants.START_ELEMENT) {
        // what stands before the outermost element says nothing
      }
      return element(reader);
    } catch (XMLStreamException | java.util.NoSuchElementException e) {
      throw S3Errors.malformedXml();
    }
  }

  private static Xml element(XMLStreamReader reader) throws XMLStreamException {
    String name = reader.getLocalName();
    Optional<String> type =
        Optional.ofNullable(
            reader.getAttributeValue("http://www.w3.org/2001/XMLSchema-instance", "type"));
    StringBuilder text = new StringBuilder();
    List<Xml> children = new ArrayList<>();
    int event = reader.next();
    while (event != XMLStreamConstants.END_ELEMENT) {
      if (event == XMLStreamConstants.START_ELEMENT) {
        children.add(element(reader));
      } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
        text.append(reader.getText());
      }
      event = reader.next();
    }
    return new Xml(name, text.toString(), children, type);
  }

  /**
   * All children of a name.
   *
   * @param child the name
   * @return in order
   */
  public List<Xml> all(String child) {
    return children.stream().filter(c -> c.name().equals(child)).toList();
  }

  /**
   * The child of a name.
   *
   * @param child the name
   * @return the child, or empty
   * @throws AwsError {@code MalformedXML} if there are several
   */
  public Optional<Xml> child(String child) {
    List<Xml> all = all(child);
    if (all.size() > 1) {
      throw S3Errors.malformedXml();
    }
    return all.stream().findFirst();
  }

  /**
   * The text of the child of a name.
   *
   * @param child the name
   * @return the text, or empty
   * @throws AwsError {@code MalformedXML} if there are several
   */
  public Optional<String> value(String child) {
    return child(child).map(c -> c.children().isEmpty() ? c.text() : "");
  }

  /**
   * The text of the child of a name, which has to be there.
   *
   * @param child the name
   * @return the text
   * @throws AwsError {@code MalformedXML} if there is none, or several
   */
  public String required(String child) {
    return value(child).orElseThrow(S3Errors::malformedXml);
  }

  /**
   * Refuses children of other names.
   *
   * @param names the names
   * @return this
   * @throws AwsError {@code MalformedXML}
   */
  public Xml allow(String... names) {
    for (Xml child : children) {
      if (!List.of(names).contains(child.name())) {
        throw S3Errors.malformedXml();
      }
    }
    return this;
  }
}
