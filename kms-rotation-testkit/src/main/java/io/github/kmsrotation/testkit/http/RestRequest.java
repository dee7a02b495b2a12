package io.github.kmsrotation.testkit.http;

import com.sun.net.httpserver.Headers;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * A call of a service that routes by method and path. Its body is a stream, since it may be larger
 * than memory.
 *
 * @param method the HTTP method
 * @param rawPath the path as sent, still encoded
 * @param query names and values, decoded; a name without a value has an empty one
 * @param headers the headers; their bytes are one character each
 * @param body the body as sent
 * @param region the Region that it was signed for
 * @param accountId the caller's account
 */
public record RestRequest(
    String method,
    String rawPath,
    Map<String, String> query,
    Headers headers,
    InputStream body,
    String region,
    String accountId) {

  /**
   * A header.
   *
   * @param name its name
   * @return its first value, or empty
   */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.getFirst(name));
  }

  /**
   * A query parameter.
   *
   * @param name its name
   * @return its value, or empty
   */
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name));
  }
}
