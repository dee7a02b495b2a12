package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** How requests and answers of services that route by method and path look in the JDK's server. */
final class RestExchange {

  /** More than this of a body that nobody wanted is not read, and the connection ends. */
  private static final long MOST_UNREAD = 256L * 1024 * 1024;

  /** What says nothing of the operation: who signed, by which client, how the body is sent. */
  private static final Set<String> COMMON =
      Set.of(
          "x-id",
          "x-amz-date",
          "x-amz-content-sha256",
          "x-amz-security-token",
          "x-amz-user-agent",
          "x-amz-decoded-content-length",
          "x-amz-trailer",
          "x-amz-sdk-checksum-algorithm",
          "x-amz-te",
          "x-amz-account-id");

  /** A million calls have a few sets of names. */
  private static final Map<Set<String>, Set<String>> KNOWN = new ConcurrentHashMap<>();

  private static final int MOST_KNOWN = 10_000;

  private RestExchange() {}

  static RestRequest read(HttpExchange exchange, String region, String accountId) {
    // The JDK takes a path that begins with // for a host.
    String target = exchange.getRequestURI().toString();
    int question = target.indexOf('?');
    return new RestRequest(
        exchange.getRequestMethod(),
        question < 0 ? target : target.substring(0, question),
        question < 0 ? Map.of() : query(target.substring(question + 1)),
        exchange.getRequestHeaders(),
        exchange.getRequestBody(),
        region,
        accountId);
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (!name.isEmpty()) {
        query.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** The names of the parameters: all of the query, and AWS's headers. */
  static Set<String> names(RestRequest request) {
    Set<String> names = new TreeSet<>(request.query().keySet());
    for (String header : request.headers().keySet()) {
      String name = header.toLowerCase(Locale.ROOT);
      if (name.startsWith("x-amz-meta-")) {
        names.add("x-amz-meta-");
      } else if (name.startsWith("x-amz-")) {
        names.add(name);
      }
    }
    names.removeAll(COMMON);
    Set<String> all = Set.copyOf(names);
    return KNOWN.size() > MOST_KNOWN ? all : KNOWN.computeIfAbsent(all, same -> same);
  }

  static void send(HttpExchange exchange, RestAnswer answer, String requestId) throws IOException {
    try {
      discard(exchange.getRequestBody());
      Headers headers = exchange.getResponseHeaders();
      answer.headers().forEach(headers::set);
      headers.set("x-amz-request-id", requestId);
      boolean bodiless =
          exchange.getRequestMethod().equals("HEAD")
              || answer.status() == 204
              || answer.status() == 304;
      if (bodiless) {
        if (answer.length() > 0) {
          headers.set("Content-Length", Long.toString(answer.length()));
        }
        exchange.sendResponseHeaders(answer.status(), -1);
      } else {
        exchange.sendResponseHeaders(answer.status(), answer.length() == 0 ? -1 : answer.length());
        if (answer.length() > 0) {
          answer.body().writeTo(exchange.getResponseBody());
        }
      }
    } finally {
      answer.body().release();
    }
  }

  /** A client that is still sending when its connection ends does not read why. */
  private static void discard(InputStream body) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long unread = 0;
    int read = body.read(buffer);
    while (read >= 0 && unread < MOST_UNREAD) {
      unread += read;
      read = body.read(buffer);
    }
  }
}
