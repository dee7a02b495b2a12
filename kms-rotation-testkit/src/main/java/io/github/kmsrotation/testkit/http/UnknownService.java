package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The error for a service that the embedded AWS does not have, in the format that the client of
 * that service reads: a client shows nothing of an error that it cannot read. The request tells the
 * format, but for the few services of REST with XML, which botocore's models name.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/index.html">AWS protocols</a>
 * @see <a href="https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html">Smithy RPC v2
 *     CBOR</a>
 */
final class UnknownService {

  private static final Set<String> REST_XML =
      Set.of("s3express", "s3-outposts", "s3-object-lambda", "route53", "cloudfront");

  private UnknownService() {}

  /**
   * Says the error.
   *
   * @param answer the headers of the answer, which are set
   * @return its body
   */
  static byte[] answer(
      Headers request, Headers answer, String service, AwsError error, String requestId)
      throws IOException {
    if ("rpc-v2-cbor".equals(request.getFirst("Smithy-Protocol"))) {
      answer.set("Content-Type", "application/cbor");
      answer.set("Smithy-Protocol", "rpc-v2-cbor");
      return cbor(error);
    }
    if (isForm(request) || REST_XML.contains(service)) {
      answer.set("Content-Type", "text/xml");
      return xml(elements(service), error, requestId);
    }
    answer.set("Content-Type", "application/json");
    answer.set("x-amzn-ErrorType", error.code());
    return new JsonProtocol("Any").error(error, requestId);
  }

  private static List<String> elements(String service) {
    return service.startsWith("s3") ? List.of("Error") : List.of("ErrorResponse", "Error");
  }

  private static boolean isForm(Headers request) {
    return Optional.ofNullable(request.getFirst("Content-Type"))
        .filter(type -> type.startsWith("application/x-www-form-urlencoded"))
        .isPresent();
  }

  private static byte[] xml(List<String> elements, AwsError error, String requestId)
      throws IOException {
    return QueryProtocol.xml(
        writer -> {
          for (String element : elements) {
            writer.writeStartElement(element);
          }
          QueryProtocol.element(writer, "Code", error.code());
          QueryProtocol.element(writer, "Message", error.text());
          QueryProtocol.element(writer, "RequestId", requestId);
        });
  }

  /** A map of two texts, each shorter than 65,536 bytes (RFC 8949, section 3). */
  private static byte[] cbor(AwsError error) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0xa0 + 2);
    for (String text : new String[] {"__type", error.code(), "message", error.text()}) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      bytes.write(0x79);
      bytes.write(utf8.length >> 8);
      bytes.write(utf8.length);
      bytes.writeBytes(utf8);
    }
    return bytes.toByteArray();
  }
}
