package io.github.kmsrotation.testkit.s3;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * An XML element of a request: its name, its text or its children. Namespaces are not looked at.
 */
record Xml(String name, String text, List<Xml> children, Optional<String> type) {

  private static final XMLInputFactory FACTORY = factory();

  Xml {
    children = List.copyOf(children);
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  /** Reads a body whose outermost element has a name. */
  static Xml parse(byte[] body, String root) {
    Xml xml = parse(body);
    if (!xml.name().equals(root)) {
      throw S3Errors.malformedXml();
    }
    return xml;
  }

  static Xml parse(byte[] body) {
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

  List<Xml> all(String child) {
    return children.stream().filter(c -> c.name().equals(child)).toList();
  }

  Optional<Xml> child(String child) {
    List<Xml> all = all(child);
    if (all.size() > 1) {
      throw S3Errors.malformedXml();
    }
    return all.stream().findFirst();
  }

  Optional<String> value(String child) {
    return child(child).map(c -> c.children().isEmpty() ? c.text() : "");
  }

  String required(String child) {
    return value(child).orElseThrow(S3Errors::malformedXml);
  }

  /** Refuses children that are not modelled or that do not exist. */
  Xml allow(String... names) {
    for (Xml child : children) {
      if (!List.of(names).contains(child.name())) {
        throw S3Errors.malformedXml();
      }
    }
    return this;
  }
}
